/// The history as the collector sees it: what can be recorded to.
///
/// What a method has returned from is durable: a crash after it loses nothing of it. A method of a run that has begun waits for as long as
/// another program holds the history, until its task is cancelled; one whose task is cancelled still does what it can do at once.
package protocol CollectionRecorder: Sendable {
    /// Opens a run. A run of this vCenter and endpoint that was left open by a killed process is marked `interrupted`.
    func beginRun(vCenter: String, endpoint: Endpoint, at startedAt: Timestamp) async throws -> CollectionRunID

    /// Ids in the list under which another VM may be found than the one that is recorded: their identity is to be asked for before
    /// the list is recorded, so that nothing is attributed to the wrong one.
    func virtualMachinesInDoubt(among list: VirtualMachineList, in run: CollectionRunID) async throws -> Set<String>

    /// Records the VMs that the run is about to poll, with the names they have now.
    ///
    /// - Parameter identities: What was answered about those in doubt; `nil` where nothing was.
    /// - Returns: The ids of those whose identity has not been recorded yet.
    func record(
        _ list: VirtualMachineList, identifiedAs identities: [String: VirtualMachineIdentity?], in run: CollectionRunID,
        at listedAt: Timestamp
    ) async throws -> Set<String>

    /// How many VMs the latest earlier run listed, of those of the same vCenter, endpoint and selection that listed any; `nil` if
    /// none did.
    func virtualMachinesListed(
        before run: CollectionRunID, _ selection: VirtualMachineList.Selection
    ) async throws -> Int?

    /// Records what tells VMs of the run from others for good.
    func record(_ identities: [VirtualMachineIdentity], in run: CollectionRunID) async throws

    /// Appends polls of listed VMs, at most one a VM and run, in one transaction.
    func append(_ polls: [Poll], to run: CollectionRunID) async throws

    /// Closes a run.
    func finishRun(_ run: CollectionRunID, as end: CollectionRunEnd) async throws
}

/// An error of a recorder that nothing was recorded with, and that may pass by itself: another program writes, or the disk is full.
package protocol PassingFault: Error {
    /// Whether the same may succeed if it is tried again.
    var mayPass: Bool { get }
}

/// The VMs that a run is about to poll.
package struct VirtualMachineList: Hashable, Sendable {
    /// Which of a vCenter's VMs are listed. The raw values are those of `collection_run.selection`.
    package enum Selection: String, CaseIterable, Hashable, Sendable {
        /// All that the account sees.
        case all
        /// Those that the filters of the configuration let through.
        case filtered
        /// Those that were chosen for one pass.
        case chosen
    }

    package var virtualMachines: [VirtualMachine]
    package var selection: Selection
    /// Whether a VM that is not among them is gone; only a list of all may tell that.
    package var isWhole: Bool
    /// Elements of the vCenter's list that name nothing that could be polled.
    package var unusable: Int
    /// Parts of the vCenter, such as hosts, whose VMs it did not list; each VM of theirs may be missing here.
    package var unlisted: [UnlistedPart]

    package init(
        _ virtualMachines: [VirtualMachine], selection: Selection = .all, isWhole: Bool, unusable: Int = 0,
        unlisted: [UnlistedPart] = []
    ) {
        self.virtualMachines = virtualMachines
        self.selection = selection
        self.isWhole = isWhole
        self.unusable = unusable
        self.unlisted = unlisted
    }
}

/// How a run came to its end.
package struct CollectionRunEnd: Hashable, Sendable {
    package var outcome: CollectionRunOutcome
    package var finishedAt: Timestamp
    /// Why the run was cut short; `nil` if it was not.
    package var failure: String?
    /// How far the vCenter's clock was ahead of this program's; `nil` if it did not tell.
    package var clockOffsetMilliseconds: Int64?

    package init(
        outcome: CollectionRunOutcome, finishedAt: Timestamp, failure: String? = nil,
        clockOffsetMilliseconds: Int64? = nil
    ) {
        self.outcome = outcome
        self.finishedAt = finishedAt
        self.failure = failure
        self.clockOffsetMilliseconds = clockOffsetMilliseconds
    }
}

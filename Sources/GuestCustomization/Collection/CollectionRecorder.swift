/// The history as the collector sees it: the place to which runs are recorded.
///
/// Once a method has returned, its effect is durable: a later crash does not lose it. A method of a run that has begun waits for as long
/// as another program holds the history, until its task is cancelled; a method whose task is cancelled still does what can be done at once.
package protocol CollectionRecorder: Sendable {
    /// Opens a run. A run of this vCenter and endpoint that was left open by a killed process is marked `interrupted`.
    func beginRun(vCenter: String, endpoint: Endpoint, at startedAt: Timestamp) async throws -> CollectionRunID

    /// Ids in the list that may now belong to a different VM than the recorded one: their identity has to be requested before
    /// the list is recorded, so that nothing is attributed to the wrong VM.
    func virtualMachinesInDoubt(among list: VirtualMachineList, in run: CollectionRunID) async throws -> Set<String>

    /// Records the VMs that the run is about to poll, with the names they have now.
    ///
    /// - Parameter identities: The identities of the VMs in doubt; `nil` for a VM that the vCenter did not answer for.
    /// - Returns: The ids of the VMs whose identity has not been recorded yet.
    func record(
        _ list: VirtualMachineList, identifiedAs identities: [String: VirtualMachineIdentity?], in run: CollectionRunID,
        at listedAt: Timestamp
    ) async throws -> Set<String>

    /// VMs of the run's vCenter that were listed so far, with the names they had, and are missing from this list.
    func virtualMachinesMissing(
        from list: VirtualMachineList, in run: CollectionRunID
    ) async throws -> [VirtualMachine]

    /// How many VMs the latest earlier run of the same vCenter, endpoint and selection listed; runs that listed none are ignored.
    /// `nil` if there is no such run.
    func virtualMachinesListed(
        before run: CollectionRunID, _ selection: VirtualMachineList.Selection
    ) async throws -> Int?

    /// Records the permanent identities of VMs of the run.
    func record(_ identities: [VirtualMachineIdentity], in run: CollectionRunID) async throws

    /// Records what VMs are that the history knows, as far as it has changed, and from what they were made.
    func record(_ told: ToldInventory, in run: CollectionRunID) async throws

    /// Appends polls of listed VMs, at most one a VM and run, in one transaction.
    func append(_ polls: [Poll], to run: CollectionRunID) async throws

    /// Closes a run.
    func finishRun(_ run: CollectionRunID, as end: CollectionRunEnd) async throws
}

/// An error of a recorder after which nothing was recorded, and which may be temporary: another program is writing, or the disk is
/// full.
package protocol PassingFault: Error {
    /// Whether the same call may succeed if it is repeated.
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
        /// Those that were chosen for one pass (`--vm`).
        case chosen
    }

    /// The VMs, each managed object id once.
    package var virtualMachines: [VirtualMachine]
    /// Which of the vCenter's VMs are listed.
    package var selection: Selection
    /// Whether a VM that is not in the list is gone; true only for a list of all VMs.
    package var isWhole: Bool
    /// Whether it was put together from several answers, between which a VM may have moved unseen.
    package var isPieced = false
    /// How many elements of the vCenter's list name nothing that can be polled.
    package var unusable: Int
    /// Parts of the vCenter, such as hosts, whose VMs it did not list; any of their VMs may be missing here.
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

/// How a run ended.
package struct CollectionRunEnd: Hashable, Sendable {
    /// The run's outcome; never `running`.
    package var outcome: CollectionRunOutcome
    /// When the run ended, by this program's clock.
    package var finishedAt: Timestamp
    /// Why the run was cut short; `nil` if it was not.
    package var failure: String?
    /// How far the vCenter's clock was ahead of this program's; `nil` if it sent no date.
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

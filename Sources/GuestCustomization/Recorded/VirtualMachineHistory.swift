/// A VM of the history. The same managed object id in two vCenters means two VMs; so does the same id with two instance UUIDs.
package struct KnownVirtualMachine: Hashable, Sendable {
    /// Name of the vCenter.
    package var vCenter: String
    /// Managed object id.
    package var vm: String
    /// The latest known name.
    package var name: String
    /// `nil` while unknown.
    package var instanceUUID: String?
    /// Whether it is not gone.
    package var isListed: Bool

    package init(vCenter: String, vm: String, name: String, instanceUUID: String?, isListed: Bool = true) {
        self.vCenter = vCenter
        self.vm = vm
        self.name = name
        self.instanceUUID = instanceUUID
        self.isListed = isListed
    }
}

/// Everything recorded about one VM.
package struct VirtualMachineHistory: Hashable, Sendable {
    /// A name, and when a listing first showed it.
    package struct Name: Hashable, Sendable {
        /// The name as people see it.
        package var name: String
        /// When a listing first showed it.
        package var firstSeenAt: Timestamp

        package init(_ name: String, firstSeenAt: Timestamp) {
            self.name = name
            self.firstSeenAt = firstSeenAt
        }
    }

    /// The VM.
    package var machine: KnownVirtualMachine
    /// In order of time, including the first name.
    package var names: [Name]
    /// The latest poll at each endpoint at which it was ever polled.
    package var latestPolls: [RecordedPoll]
    /// The latest customizations, in the order in which they began.
    package var customizations: [Customization]
    /// How many came before those in `customizations`.
    package var earlierCustomizations: Int
    /// Other managed object ids under which the same VM, by its instance UUID, was registered; each has a history of its own.
    package var otherRegistrations: [String]
    /// Other VMs, by their instance UUIDs, that have had this managed object id or have it now.
    package var othersOfItsID: [KnownVirtualMachine]
    /// Other VMs that the requested name may mean, all of them gone.
    package var namesakes: [KnownVirtualMachine] = []
    /// Its polls; `nil` if they were not requested.
    package var polls: VirtualMachinePolls?
    /// The latest removal of old polls, if polls of this VM were among them.
    package var pruned: PrunedPolls?

    package init(
        machine: KnownVirtualMachine, names: [Name], latestPolls: [RecordedPoll], customizations: [Customization],
        earlierCustomizations: Int, otherRegistrations: [String] = [],
        othersOfItsID: [KnownVirtualMachine] = []
    ) {
        self.machine = machine
        self.names = names
        self.latestPolls = latestPolls
        self.customizations = customizations
        self.earlierCustomizations = earlierCustomizations
        self.otherRegistrations = otherRegistrations
        self.othersOfItsID = othersOfItsID
    }
}

/// The latest polls of one VM.
package struct VirtualMachinePolls: Hashable, Sendable {
    /// In the order in which they were made.
    package var polls: [RecordedPoll]
    /// Whether there are earlier ones that were requested too.
    package var hasEarlier: Bool
    /// The bodies of their answers, as far as they were requested and an answer had one.
    package var bodies: [RecordedPoll.AnswerID: [UInt8]]

    package init(polls: [RecordedPoll], hasEarlier: Bool, bodies: [RecordedPoll.AnswerID: [UInt8]]) {
        self.polls = polls
        self.hasEarlier = hasEarlier
        self.bodies = bodies
    }
}

/// One poll, as recorded in the history.
package struct RecordedPoll: Hashable, Sendable {
    /// The number of an answer in the history: polls with the same number got the same answer, byte for byte.
    package struct AnswerID: RawRepresentable, Hashable, Sendable {
        package var rawValue: Int64

        package init(rawValue: Int64) { self.rawValue = rawValue }
    }

    /// The run that made it.
    package var run: CollectionRunID
    /// Its answer.
    package var answer: AnswerID
    /// The endpoint that was polled.
    package var endpoint: Endpoint
    /// When the request was sent, by this program's clock.
    package var polledAt: Timestamp
    /// Whether a status was reported, or why none was.
    package var result: Answer.Result
    /// Whether the question about the VM was answered, by a status or otherwise.
    package var isAnswer: Bool
    /// HTTP status code; `nil` where no HTTP answer came.
    package var httpStatus: Int?
    /// The vCenter's word; `nil` if nothing was reported.
    package var status: CustomizationStatus?
    /// By the server's clock.
    package var startTime: Timestamp?
    /// By the server's clock.
    package var endTime: Timestamp?
    /// Identifier of the error: of the failed customization, or of why nothing was reported.
    package var errorID: String?
    /// Text of the error; `nil` if there was none.
    package var errorMessage: String?

    package init(
        run: CollectionRunID, answer: AnswerID, endpoint: Endpoint, polledAt: Timestamp, result: Answer.Result,
        httpStatus: Int?, status: CustomizationStatus?,
        startTime: Timestamp?, endTime: Timestamp?, errorID: String?, errorMessage: String?, isAnswer: Bool
    ) {
        self.run = run
        self.answer = answer
        self.endpoint = endpoint
        self.polledAt = polledAt
        self.result = result
        self.isAnswer = isAnswer
        self.httpStatus = httpStatus
        self.status = status
        self.startTime = startTime
        self.endTime = endTime
        self.errorID = errorID
        self.errorMessage = errorMessage
    }
}

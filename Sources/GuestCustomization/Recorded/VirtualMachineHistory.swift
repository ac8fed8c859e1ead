/// A VM of the history. The same managed object id in two vCenters is two VMs, and so it is with two instance UUIDs.
public struct KnownVirtualMachine: Hashable, Sendable {
    /// Name of the vCenter.
    public var vCenter: String
    /// Managed object id.
    public var vm: String
    /// The latest known name.
    public var name: String
    /// `nil` while unknown.
    public var instanceUUID: String?
    /// Whether it is not gone.
    public var isListed: Bool

    public init(vCenter: String, vm: String, name: String, instanceUUID: String?, isListed: Bool = true) {
        self.vCenter = vCenter
        self.vm = vm
        self.name = name
        self.instanceUUID = instanceUUID
        self.isListed = isListed
    }
}

/// All that is recorded of one VM.
public struct VirtualMachineHistory: Hashable, Sendable {
    /// A name, and the listing that showed it first.
    public struct Name: Hashable, Sendable {
        public var name: String
        public var firstSeenAt: Timestamp

        public init(_ name: String, firstSeenAt: Timestamp) {
            self.name = name
            self.firstSeenAt = firstSeenAt
        }
    }

    public var machine: KnownVirtualMachine
    /// In the order in which it was called so, the first name included.
    public var names: [Name]
    /// The latest poll of each endpoint that it was ever polled at.
    public var latestPolls: [RecordedPoll]
    /// In the order in which they began.
    public var customizations: [Customization]
    /// How many came before those.
    public var earlierCustomizations: Int
    /// Managed object ids under which the same VM, by its instance UUID, was registered otherwise; each has a history of its own.
    public var otherRegistrations: [String]
    /// Other VMs, by their instance UUIDs, that this managed object id meant before or means now.
    public var othersOfItsID: [KnownVirtualMachine]
    /// The other VMs that what was asked for may mean, all of them gone.
    public var namesakes: [KnownVirtualMachine] = []

    public init(
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

/// One poll as the history has it.
public struct RecordedPoll: Hashable, Sendable {
    public var endpoint: Endpoint
    /// When the question was asked, by this program's clock.
    public var polledAt: Timestamp
    public var result: Answer.Result
    /// Whether the VM's question was answered, by a status or otherwise.
    public var isAnswer: Bool
    /// `nil` where no HTTP answer came.
    public var httpStatus: Int?
    /// The vCenter's word; `nil` if nothing was reported.
    public var status: CustomizationStatus?
    /// By the server's clock.
    public var startTime: Timestamp?
    /// By the server's clock.
    public var endTime: Timestamp?
    /// Of the failed customization, or of why nothing was reported.
    public var errorID: String?
    public var errorMessage: String?

    public init(
        endpoint: Endpoint, polledAt: Timestamp, result: Answer.Result, httpStatus: Int?, status: CustomizationStatus?,
        startTime: Timestamp?, endTime: Timestamp?, errorID: String?, errorMessage: String?, isAnswer: Bool
    ) {
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

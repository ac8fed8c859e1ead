/// A VM of the history. The same managed object id in two vCenters is two VMs, and so it is with two instance UUIDs.
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

/// All that is recorded of one VM.
package struct VirtualMachineHistory: Hashable, Sendable {
    /// A name, and the listing that showed it first.
    package struct Name: Hashable, Sendable {
        package var name: String
        package var firstSeenAt: Timestamp

        package init(_ name: String, firstSeenAt: Timestamp) {
            self.name = name
            self.firstSeenAt = firstSeenAt
        }
    }

    package var machine: KnownVirtualMachine
    /// In the order in which it was called so, the first name included.
    package var names: [Name]
    /// The latest poll of each endpoint that it was ever polled at.
    package var latestPolls: [RecordedPoll]
    /// In the order in which they began.
    package var customizations: [Customization]
    /// How many came before those.
    package var earlierCustomizations: Int
    /// Managed object ids under which the same VM, by its instance UUID, was registered otherwise; each has a history of its own.
    package var otherRegistrations: [String]
    /// Other VMs, by their instance UUIDs, that this managed object id meant before or means now.
    package var othersOfItsID: [KnownVirtualMachine]
    /// The other VMs that what was asked for may mean, all of them gone.
    package var namesakes: [KnownVirtualMachine] = []

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

/// One poll as the history has it.
package struct RecordedPoll: Hashable, Sendable {
    package var endpoint: Endpoint
    /// When the question was asked, by this program's clock.
    package var polledAt: Timestamp
    package var result: Answer.Result
    /// Whether the VM's question was answered, by a status or otherwise.
    package var isAnswer: Bool
    /// `nil` where no HTTP answer came.
    package var httpStatus: Int?
    /// The vCenter's word; `nil` if nothing was reported.
    package var status: CustomizationStatus?
    /// By the server's clock.
    package var startTime: Timestamp?
    /// By the server's clock.
    package var endTime: Timestamp?
    /// Of the failed customization, or of why nothing was reported.
    package var errorID: String?
    package var errorMessage: String?

    package init(
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

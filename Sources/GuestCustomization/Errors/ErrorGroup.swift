/// The failed customizations of a window that reported the same error: the same identifier and message shape.
public struct ErrorGroup: Hashable, Sendable {
    /// `nil` if the vCenter named none.
    public var id: String?
    /// What its messages say: of one VM the latest as it came, of several without what differs between them, as `…`;
    /// `nil` if the vCenter sent no error.
    public var message: String?
    /// The latest of its messages, as it came.
    public var latestMessage: String?
    /// The same in English and without the VM's names, by which its cause is known.
    public var untranslated: String?
    /// How many customizations failed with it.
    public var count: Int
    /// On how many VMs.
    public var virtualMachines: Int
    /// When the first of them ended.
    public var first: Timestamp
    /// When the last of them ended.
    public var last: Timestamp
    /// The latest failure of each of the VMs with it.
    public var failures: [Failure]

    /// A VM's latest failure with the error of a group.
    public struct Failure: Hashable, Sendable {
        /// Name of the vCenter.
        public var vCenter: String
        /// Managed object id.
        public var vm: String
        public var error: LatestError
        /// How many of the VM's customizations failed with it.
        public var count: Int

        public init(vCenter: String, vm: String, error: LatestError, count: Int) {
            self.vCenter = vCenter
            self.vm = vm
            self.error = error
            self.count = count
        }
    }

    public init(
        id: String?, message: String?, latestMessage: String? = nil, untranslated: String? = nil, count: Int,
        virtualMachines: Int, first: Timestamp, last: Timestamp, failures: [Failure] = []
    ) {
        self.id = id
        self.message = message
        self.latestMessage = latestMessage ?? message
        self.untranslated = untranslated ?? message
        self.count = count
        self.virtualMachines = virtualMachines
        self.first = first
        self.last = last
        self.failures = failures
    }

    /// Whether this group comes before `other` where the most frequent come first: by count, then VMs, then the latest.
    func isMoreFrequent(than other: ErrorGroup) -> Bool {
        let weight = (count, virtualMachines, last)
        let otherWeight = (other.count, other.virtualMachines, other.last)
        if weight != otherWeight { return weight > otherWeight }
        return (id ?? "", message ?? "") < (other.id ?? "", other.message ?? "")
    }
}

/// The failed customizations of a window that have the same error: the same identifier and message shape.
package struct ErrorGroup: Hashable, Sendable {
    /// `nil` if the vCenter named none.
    package var id: String?
    /// The text of its messages: for one VM the latest as received, for several with `…` where they differ;
    /// `nil` if the vCenter sent no error.
    package var message: String?
    /// The latest of its messages, as received.
    package var latestMessage: String?
    /// The message in English, without the VM's names; the cause is found by it.
    package var untranslated: String?
    /// How many customizations failed with it.
    package var count: Int
    /// How many VMs they ran on.
    package var virtualMachines: Int
    /// When the first of them ended.
    package var first: Timestamp
    /// When the last of them ended.
    package var last: Timestamp
    /// The latest failure with this error on each of the VMs.
    package var failures: [Failure]

    /// A VM's latest failure with the error of a group.
    package struct Failure: Hashable, Sendable {
        /// Name of the vCenter.
        package var vCenter: String
        /// Managed object id.
        package var vm: String
        /// The latest failure with this error.
        package var error: LatestError
        /// How many of the VM's customizations failed with it.
        package var count: Int
    }

    package init(
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

    /// Whether this group sorts before `other`, the most frequent first: by count, then VMs, then the latest.
    func isMoreFrequent(than other: ErrorGroup) -> Bool {
        let weight = (count, virtualMachines, last)
        let otherWeight = (other.count, other.virtualMachines, other.last)
        if weight != otherWeight { return weight > otherWeight }
        return (id ?? "", message ?? "") < (other.id ?? "", other.message ?? "")
    }
}

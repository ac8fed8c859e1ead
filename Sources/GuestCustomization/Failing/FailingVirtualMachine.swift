/// A VM that fails now, or is stuck, and what is known about it (definitions 6 and 8 of docs/design.md §2).
package struct FailingVirtualMachine: Hashable, Sendable {
    /// The customizations that failed since the VM's last success, up to its most recently ended one.
    package struct Failures: Hashable, Sendable {
        /// How many there are: 1 or more.
        package var count: Int
        /// When the first of them ended: since then the VM fails.
        package var since: Timestamp
        /// When the last of them ended.
        package var latestAt: Timestamp
        /// The endpoint that reported the last of them.
        package var endpoint: Endpoint
        /// The error of the last of them.
        package var error: ReportedError

        package init(count: Int, since: Timestamp, latestAt: Timestamp, endpoint: Endpoint, error: ReportedError) {
            self.count = count
            self.since = since
            self.latestAt = latestAt
            self.endpoint = endpoint
            self.error = error
        }
    }

    /// The VM.
    package var vm: CustomizedVM
    /// `nil` if it does not fail: then it is only stuck.
    package var failures: Failures?
    /// Since when its latest stuck customization has been under way; `nil` if none is stuck.
    package var stuckSince: Timestamp?

    /// Of `failures` and `stuckSince`, at least one is given.
    package init(vm: CustomizedVM, failures: Failures?, stuckSince: Timestamp?) {
        precondition(failures != nil || stuckSince != nil)
        self.vm = vm
        self.failures = failures
        self.stuckSince = stuckSince
    }

    /// Since when somebody should look at it.
    package var since: Timestamp { failures?.since ?? stuckSince ?? Timestamp(unixMilliseconds: 0) }

    /// Why it probably fails; `nil` if that is not known, or if it does not fail.
    package var cause: FailureCause? { failures?.error.cause(names: [vm.name, vm.id]) }

    /// Whether it sorts before `other`, the oldest first.
    func isOlder(than other: FailingVirtualMachine) -> Bool {
        if since != other.since { return since < other.since }
        return (vm.name, vm.vCenter, vm.id, vm.instanceUUID ?? "")
            < (other.vm.name, other.vm.vCenter, other.vm.id, other.vm.instanceUUID ?? "")
    }
}

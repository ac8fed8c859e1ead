/// Finds the VMs that fail now or are stuck, from customizations of all time that are added one by one.
///
/// Only the last success of each VM, and the failures that it does not end, are kept.
package struct FailingBuilder: CustomizationTally {
    private struct Known {
        var vm: CustomizedVM
        var lastSuccessAt: Timestamp?
        var failures: [(at: Timestamp, endpoint: Endpoint, error: ReportedError)] = []
        var stuck: (since: Timestamp, at: Timestamp)?
    }

    private let stuckAfterSeconds: Double
    private var positions = VirtualMachinePositions()
    private var known: [Known] = []

    /// - Parameter stuckAfterSeconds: A customization that was running or pending for longer counts as stuck (definition 6).
    package init(stuckAfterSeconds: Double) {
        self.stuckAfterSeconds = stuckAfterSeconds
    }

    /// Adds a customization, in any order; of two failures of a VM at the same instant, the one added last counts as the later one.
    package mutating func add(_ customization: Customization) {
        let position = position(of: customization.vm)
        let instant = customization.windowInstant
        if customization.outcome == .succeeded {
            noteSuccess(ofVM: position, at: instant)
        } else if customization.outcome == .failed {
            // As in a report, a success at the same instant as a failure does not end it.
            guard known[position].lastSuccessAt.map({ instant >= $0 }) ?? true else { return }
            known[position].failures.append((instant, customization.endpoint, customization.error))
        } else if customization.isStuck(after: stuckAfterSeconds),
            known[position].stuck.map({ $0.at <= instant }) ?? true
        {
            known[position].stuck = (customization.underWaySince, instant)
        }
    }

    /// Adds one that succeeded, of which only its VM and end matter.
    package mutating func addSuccess(
        of vm: CustomizedVM, endpoint: Endpoint, at instant: Timestamp, durationSeconds: Double?
    ) {
        noteSuccess(ofVM: position(of: vm), at: instant)
    }

    private mutating func noteSuccess(ofVM position: Int, at instant: Timestamp) {
        let last = max(known[position].lastSuccessAt ?? instant, instant)
        known[position].lastSuccessAt = last
        if !known[position].failures.isEmpty { known[position].failures.removeAll { $0.at < last } }
    }

    private mutating func position(of vm: CustomizedVM) -> Int {
        let position = positions.position(of: vm)
        if position == known.count { known.append(Known(vm: vm)) }
        return position
    }

    /// The listed VMs that fail now or are stuck, the oldest first.
    package func build() -> [FailingVirtualMachine] {
        known.compactMap { known in
            // A VM that is gone fails no more.
            guard known.vm.isListed else { return nil }
            let failures = Self.latest(of: known.failures)
            guard failures != nil || known.stuck != nil else { return nil }
            return FailingVirtualMachine(vm: known.vm, failures: failures, stuckSince: known.stuck?.since)
        }.sorted { $0.isOlder(than: $1) }
    }

    private static func latest(
        of failures: [(at: Timestamp, endpoint: Endpoint, error: ReportedError)]
    ) -> FailingVirtualMachine.Failures? {
        guard var latest = failures.first else { return nil }
        for failure in failures where failure.at >= latest.at { latest = failure }
        return FailingVirtualMachine.Failures(
            count: failures.count, since: failures.map(\.at).min() ?? latest.at, latestAt: latest.at,
            endpoint: latest.endpoint, error: latest.error)
    }
}

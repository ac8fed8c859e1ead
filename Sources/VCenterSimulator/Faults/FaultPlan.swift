import Synchronization

/// Which requests meet which fault. The first matching rule that is not used up applies.
final class FaultPlan: Sendable {
    private struct Rule {
        let fault: SimulatedFault
        /// `nil`: no limit.
        var remaining: Int?
        let matches: @Sendable (SimulatedRequest) -> Bool
    }
    private let rules = Mutex<[Rule]>([])

    func add(_ fault: SimulatedFault, times: Int?, when matches: @escaping @Sendable (SimulatedRequest) -> Bool) {
        rules.withLock { $0.append(Rule(fault: fault, remaining: times, matches: matches)) }
    }

    func removeAll() {
        rules.withLock { $0.removeAll() }
    }

    /// The fault that this request meets; counts as one use.
    func fault(for request: SimulatedRequest) -> SimulatedFault? {
        rules.withLock { rules in
            guard let index = rules.firstIndex(where: { $0.remaining != 0 && $0.matches(request) }) else { return nil }
            let fault = rules[index].fault
            if let remaining = rules[index].remaining {
                rules[index].remaining = remaining - 1
                if remaining == 1 { rules.remove(at: index) }
            }
            return fault
        }
    }
}

/// Turns events into customizations. Source of the rules: docs/vcenter-api.md, "Events".
///
/// An event that starts a customization opens it, and the VM's next end closes it. Where a second start follows, the first one was lost;
/// an end without a start has an unknown start.
package enum EventPairing {
    /// The customizations of a vCenter's events, or of one VM's, in the order in which they opened.
    ///
    /// The order of the events does not matter, nor does one that is there twice. Those without a VM are left out.
    ///
    /// - Parameter generations: One array, or one for each time that a restored vCenter began to use keys again, the oldest first.
    package static func customizations(of generations: [[CustomizationEvent]]) -> [EventCustomization] {
        var found: [EventCustomization] = []
        // Index of each VM's open customization.
        var open: [String: Int] = [:]
        var seen: Set<CustomizationEvent.ID> = []
        for events in generations {
            for event in events.sorted(by: precedes) where seen.insert(event.id).inserted {
                guard let vm = event.vm?.id, let outcome = event.type.outcome else { continue }
                guard outcome.isFinished else {
                    if let earlier = open[vm] { found[earlier].outcome = .lost }
                    open[vm] = found.count
                    found.append(EventCustomization(opened: event, vm: vm))
                    continue
                }
                if let start = open.removeValue(forKey: vm) {
                    found[start].end(by: event, outcome)
                } else {
                    found.append(EventCustomization(endedOnly: event, vm: vm, outcome))
                }
            }
        }
        return found
    }

    /// By key; where a key repeats, by time, a start before an end, and then by name, so that the order of the input never decides.
    private static func precedes(_ left: CustomizationEvent, _ right: CustomizationEvent) -> Bool {
        if left.key != right.key { return left.key < right.key }
        let times = (left.createdAt?.unixMilliseconds ?? .min, right.createdAt?.unixMilliseconds ?? .min)
        if times.0 != times.1 { return times.0 < times.1 }
        let ends = (left.type.outcome?.isFinished == true, right.type.outcome?.isFinished == true)
        if ends.0 != ends.1 { return !ends.0 }
        return (left.type.rawValue, left.vm?.id ?? "") < (right.type.rawValue, right.vm?.id ?? "")
    }
}

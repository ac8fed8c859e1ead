import GuestCustomization

/// The totals of a round over all vCenters, for a person who waited for it.
struct RoundFigures {
    /// VMs polled. A VM counts once, however many endpoints it was polled on.
    private(set) var virtualMachines = 0
    private(set) var failedPolls = 0
    private(set) var polledVCenters = 0
    private(set) var unpolledVCenters = 0

    init(_ outcomes: [CollectionPass.Outcome]) {
        for outcome in outcomes where outcome.status != .otherRun {
            virtualMachines += outcome.summaries.map(\.polled).max() ?? 0
            failedPolls += outcome.summaries.reduce(0) { $0 + $1.failedPolls }
            if outcome.summaries.contains(where: { $0.failure == nil }) {
                polledVCenters += 1
            } else {
                unpolledVCenters += 1
            }
        }
    }

    /// One line; `nil` if there was nothing to do.
    func line(after time: Duration) -> LogLine? {
        guard polledVCenters + unpolledVCenters > 0 else { return nil }
        let places: LogLine = polledVCenters > 1 ? " of \(polledVCenters, as: "vcenters") vCenters" : ""
        let unanswered: LogLine = failedPolls == 0 ? "" : ", \(failedPolls, as: "failed") without an answer"
        let unpolled: LogLine =
            unpolledVCenters == 0 || polledVCenters == 0
            ? "" : ", \(unpolledVCenters, "vCenter", as: "unpolled_vcenters") not polled"
        return "\(virtualMachines, "VM", as: "polled")" + places + " polled in \(Self.text(time), as: "took")"
            + unanswered + unpolled
    }

    private static func text(_ time: Duration) -> String {
        let tenths = Int((time.seconds * 10).rounded())
        return tenths < 600 ? "\(tenths / 10).\(tenths % 10) s" : time.inWords
    }
}

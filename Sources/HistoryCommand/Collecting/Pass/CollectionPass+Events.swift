import GuestCustomization
import HistoryStore
import VCenterClient

extension CollectionPass {
    /// Reads the events that came since they were last read, if the settings say so and the vCenter has them.
    ///
    /// - Parameter began: When the pass began, by the steady clock: the reading has what is left of the run's time.
    func readEvents(
        _ source: VCenter, _ reached: ReachedVCenter, since began: Duration, _ outcome: inout Outcome
    ) async throws {
        let left = vCenter.timeouts.run.map { $0 - (clocks.steady.now() - began) }
        guard vCenter.endpoints.events != .none, left.map({ $0 > .zero }) ?? true else { return }
        let pass = EventPass(
            vCenter: vCenter, history: history, clocks: clocks, isRequired: vCenter.endpoints.events == .required,
            progress: { _ in noteProgress() })
        guard let summary = try await pass.run(source, reached, .later, within: left) else { return }
        if vCenter.endpoints.events == .required { outcome.status = highest(outcome.status, ExitStatus(summary)) }
        if let problem = Problem(summary) { report(problem, &outcome) }
        if !summary.runs.isEmpty {
            messages.say(.info, "\(vCenter.name, as: "vcenter") events: \(summary.new, as: "events") new ones recorded")
        }
    }
}

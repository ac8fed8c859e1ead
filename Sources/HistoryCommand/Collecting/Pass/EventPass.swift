import GuestCustomization
import HistoryConfiguration
import HistoryStore
import VCenterClient

/// One reading of the events of a vCenter.
struct EventPass: Sendable {
    let vCenter: VCenterConfiguration
    let history: HistoryDatabase
    let clocks: Clocks
    /// Whether a vCenter without events is a failure.
    let isRequired: Bool
    let progress: @Sendable (EventSummary) -> Void

    /// Reads and records events; `nil` if another process is doing so, or if the vCenter has none and need not.
    ///
    /// - Parameter limit: What it may take; `nil` for as long as it takes.
    func run(
        _ source: VCenter, _ reached: ReachedVCenter, _ extent: EventCollector.Extent, within limit: Duration? = nil
    ) async throws -> EventSummary? {
        guard let claimed = try await history.claimEvents(of: reached, at: clocks.now()) else { return nil }
        defer { withExtendedLifetime(claimed) {} }
        let collector = EventCollector(
            vCenter: claimed.name, source: source, recorder: history, isRequired: isRequired, now: clocks.now,
            progress: progress)
        let summary =
            if let limit {
                try await TimeLimit(limit, by: clocks.steady).run { try await collector.collect(extent) }
            } else {
                try await collector.collect(extent)
            }
        return summary.failure?.code == .endpointMissing && !isRequired ? nil : summary
    }
}

extension Problem {
    /// What a person has to know about a reading of events; `nil` if all went well.
    init?(_ summary: EventSummary) {
        let what: LogLine = "\(summary.vCenter, as: "vcenter") events"
        if let failure = summary.failure {
            self.init(failure, what.facts)
        } else if summary.outcome == .interrupted {
            self.init(
                level: .warning,
                line: what + ": stopped after \(summary.new, as: "events") new ones; the next run goes on from there",
                kinds: ["events stopped"])
        } else if summary.isRestored {
            self.init(
                level: .warning,
                line: what
                    + ": the vCenter was restored from a backup: events from after that backup are gone there, but kept here",
                kinds: ["events restored"], isFault: false)
        } else if summary.unreadable > 0 {
            self.init(
                level: .warning,
                line: what + ": \(summary.unreadable, as: "unreadable") of them could not be read",
                kinds: ["events unreadable"])
        } else {
            return nil
        }
    }
}

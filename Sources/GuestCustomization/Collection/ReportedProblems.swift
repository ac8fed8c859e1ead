/// The problems that cron runs have reported, so that a lasting problem is reported when it begins, once a day, and when it is over.
///
/// A pure value: the caller stores it and hands it to the next run.
package struct ReportedProblems: Codable, Sendable {
    /// Seconds after which a lasting problem is reported again.
    private static let repeatedAfter = 86_400.0
    /// Seconds after which a problem that was not met again is forgotten: its cron job no longer exists.
    private static let kept = 30 * repeatedAfter
    private static let maximumCount = 500

    private var entries: [Entry] = []

    /// No problem has been reported yet.
    package init() {}

    private struct Entry: Codable {
        var scope: String
        var kind: String
        var isFault: Bool
        var began: Timestamp
        var told: Timestamp
        var met: Timestamp
    }

    /// Whether to report a problem.
    package enum Novelty: Hashable, Sendable {
        case begins
        /// It lasts, and was last reported a day ago or more.
        case lasts(Duration)
        case isKnown
    }

    /// Notes that a problem was met, and that it is reported if it is due.
    ///
    /// - Parameters:
    ///   - kinds: What it is, without figures that differ from run to run; it is new if one of the kinds is.
    ///   - scope: Which cron met it at which vCenter.
    ///   - isFault: Whether it can end; false for a warning about how the program is used.
    package mutating func meet(
        _ kinds: [String], in scope: String, isFault: Bool = true, at now: Timestamp
    ) -> Novelty {
        let known = kinds.map { kind in entries.firstIndex { $0.scope == scope && $0.kind == kind } }
        // Reported in the future: the clock was set back.
        let isDue = known.compactMap(\.self).contains {
            now.seconds(since: entries[$0].told) >= Self.repeatedAfter || entries[$0].told > now
        }
        let novelty: Novelty =
            if known.contains(nil) {
                .begins
            } else if isDue {
                .lasts(
                    .seconds(max(0, now.seconds(since: known.compactMap { $0.map { entries[$0].began } }.min() ?? now)))
                )
            } else {
                .isKnown
            }
        for (kind, index) in zip(kinds, known) {
            if let index {
                entries[index].met = now
                if novelty != .isKnown { entries[index].told = now }
            } else {
                entries.append(Entry(scope: scope, kind: kind, isFault: isFault, began: now, told: now, met: now))
            }
        }
        entries.removeAll { now.seconds(since: $0.met) > Self.kept }
        entries.removeFirst(max(0, entries.count - Self.maximumCount))
        return novelty
    }

    /// Notes that all went well except for `kinds`; returns how long the problem lasted, if its end is to be reported.
    ///
    /// Kinds that alternated are one problem: it is over when none is left.
    package mutating func end(in scope: String, but kinds: Set<String>, at now: Timestamp) -> Duration? {
        let gone = { (entry: Entry) in entry.scope == scope && !kinds.contains(entry.kind) }
        let isWell = !entries.contains { $0.scope == scope && $0.isFault && kinds.contains($0.kind) }
        guard isWell else { return nil }
        let began = entries.filter { gone($0) && $0.isFault }.map(\.began).min()
        entries.removeAll(where: gone)
        return began.map { .seconds(max(0, now.seconds(since: $0))) }
    }
}

/// What cron runs have told of troubles, so that one that lasts is told when it begins, once a day, and when it is over.
///
/// A pure value: whoever keeps it from run to run hands it to the next.
package struct ToldTroubles: Codable, Sendable {
    /// Milliseconds after which what lasts is told again.
    private static let repeatedAfter: Int64 = 86_400_000
    /// A trouble that was not met for so long belongs to a cron that is no more.
    private static let kept = 30 * repeatedAfter
    private static let most = 500

    private var entries: [Entry] = []

    package init() {}

    /// Instants are Unix milliseconds.
    private struct Entry: Codable {
        var scope: String
        var kind: String
        var isFault: Bool
        var began: Int64
        var told: Int64
        var met: Int64
    }

    /// Whether something is to be told.
    package enum Telling: Hashable, Sendable {
        case begins
        /// It lasts, and was last told a day ago or more.
        case lasts(Duration)
        case isKnown
    }

    /// Notes a trouble as told where it is to be.
    ///
    /// - Parameters:
    ///   - kinds: What it is, without figures that differ from run to run; news if one of them is.
    ///   - scope: Which cron met it at which vCenter.
    ///   - isFault: Whether it can be over, and is no warning of how the program is used.
    package mutating func meet(
        _ kinds: [String], in scope: String, isFault: Bool = true, at now: Timestamp
    ) -> Telling {
        let now = now.unixMilliseconds
        let known = kinds.map { kind in entries.firstIndex { $0.scope == scope && $0.kind == kind } }
        // Told in the future: the clock was put back.
        let isDue = known.compactMap(\.self).contains {
            now - entries[$0].told >= Self.repeatedAfter || entries[$0].told > now
        }
        let telling: Telling =
            if known.contains(nil) {
                .begins
            } else if isDue {
                .lasts(.milliseconds(max(0, now - (known.compactMap { $0.map { entries[$0].began } }.min() ?? now))))
            } else {
                .isKnown
            }
        for (kind, index) in zip(kinds, known) {
            if let index {
                entries[index].met = now
                if telling != .isKnown { entries[index].told = now }
            } else {
                entries.append(Entry(scope: scope, kind: kind, isFault: isFault, began: now, told: now, met: now))
            }
        }
        entries.removeAll { now - $0.met > Self.kept }
        entries.removeFirst(max(0, entries.count - Self.most))
        return telling
    }

    /// Notes that all went well, but for what `kinds` name; returns how long it did not, if that is to be told.
    ///
    /// Kinds that took turns are one trouble: it is over when none is left.
    package mutating func end(in scope: String, but kinds: Set<String>, at now: Timestamp) -> Duration? {
        let gone = { (entry: Entry) in entry.scope == scope && !kinds.contains(entry.kind) }
        let isWell = !entries.contains { $0.scope == scope && $0.isFault && kinds.contains($0.kind) }
        guard isWell else { return nil }
        let began = entries.filter { gone($0) && $0.isFault }.map(\.began).min()
        entries.removeAll(where: gone)
        return began.map { .milliseconds(max(0, now.unixMilliseconds - $0)) }
    }
}

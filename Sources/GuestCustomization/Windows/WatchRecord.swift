/// When one vCenter was watched in a window, and when it was not (definition 9 of docs/design.md §2).
///
/// It is watched when a collection run begins that has a good poll, at whichever of its endpoints. Runs are taken by their
/// instants, not by their order: one that was stamped later than now, when our clock was wrong, hides no gap.
package struct WatchRecord: Hashable, Sendable {
    /// A part of the window that went unwatched for much longer than is usual between two runs.
    package struct Gap: Hashable, Sendable {
        package var since: Timestamp
        package var until: Timestamp

        package init(since: Timestamp, until: Timestamp) {
            self.since = since
            self.until = until
        }

        package var seconds: Double { until.seconds(since: since) }
    }

    /// Name of the vCenter.
    package var vCenter: String
    /// Runs that began in the window, whatever became of them.
    package var runs: Int
    /// The first good run of all time; `nil` if there is none.
    package var firstGoodRunAt: Timestamp?
    /// The last good run before the window's end; `nil` if there is none.
    package var lastGoodRunAt: Timestamp?
    /// The longest time between two good runs, in seconds: from the last one before the window, or where there is none from
    /// the window's beginning, up to the window's end or now, whichever is earlier.
    package var longestGapSeconds: Double
    /// In order of time.
    package var gaps: [Gap]
    /// The window's end or now, whichever is earlier: a gap up to it may still be open.
    package var knownUntil: Timestamp

    package init(
        vCenter: String, runs: Int, firstGoodRunAt: Timestamp?, lastGoodRunAt: Timestamp?, longestGapSeconds: Double,
        gaps: [Gap], knownUntil: Timestamp
    ) {
        self.vCenter = vCenter
        self.runs = runs
        self.firstGoodRunAt = firstGoodRunAt
        self.lastGoodRunAt = lastGoodRunAt
        self.longestGapSeconds = longestGapSeconds
        self.gaps = gaps
        self.knownUntil = knownUntil
    }

    /// How much of the window is in `gaps`, in seconds.
    package var unwatchedSeconds: Double { gaps.reduce(0) { $0 + $1.seconds } }
}

extension WatchRecord {
    /// So many times the usual interval is worth telling: two runs in a row were missed.
    private static let usualIntervals = 2.5
    /// Whatever is usual, nobody needs to be told of less, in seconds: crons that poll every ten minutes may be late once.
    private static let leastWorthTelling = 900.0
    /// Runs that begin sooner after another, in seconds, belong to its pass: another endpoint, or `--follow`.
    private static let onePass = 60.0

    /// - Parameters:
    ///   - knownUntil: The window's end or now, whichever is earlier.
    ///   - goodRuns: When those in the window began, in order of time.
    ///   - before: When the last one before the window began.
    ///   - recent: When the latest ones up to `knownUntil` began, in the window or not, in order of time: they tell what is usual.
    package init(
        vCenter: String, window: ReportWindow, knownUntil: Timestamp, runs: Int, firstGoodRunAt: Timestamp?,
        goodRuns: [Timestamp], before: Timestamp?, recent: [Timestamp]
    ) {
        let start = before ?? window.since
        let looks = [start] + goodRuns + [knownUntil]
        let worthTelling = max(
            Self.usualIntervals * (Self.usualInterval(of: recent) ?? 0), Self.leastWorthTelling)
        var longest = 0.0
        var gaps: [Gap] = []
        for (earlier, later) in zip(looks, looks.dropFirst()) where later > window.since {
            let seconds = later.seconds(since: earlier)
            longest = max(longest, seconds)
            if seconds > worthTelling { gaps.append(Gap(since: max(earlier, window.since), until: later)) }
        }
        self.init(
            vCenter: vCenter, runs: runs, firstGoodRunAt: firstGoodRunAt, lastGoodRunAt: goodRuns.last ?? before,
            longestGapSeconds: longest, gaps: gaps, knownUntil: knownUntil)
    }

    /// The median time between passes, in seconds; `nil` if there were fewer than two.
    private static func usualInterval(of runs: [Timestamp]) -> Double? {
        let intervals = zip(runs, runs.dropFirst()).map { $1.seconds(since: $0) }.filter { $0 >= onePass }.sorted()
        return intervals.isEmpty ? nil : intervals[intervals.count / 2]
    }
}

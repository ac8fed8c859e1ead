/// When one vCenter was watched in a window, and when it was not (definition 9 of docs/design.md §2).
///
/// It is watched at the beginning of each collection run with a good poll, at either endpoint. Runs are ordered by their
/// instants, not by their numbers: a run stamped later than now, when our clock was wrong, hides no gap.
package struct WatchRecord: Hashable, Sendable {
    /// A part of the window that was not watched for much longer than the usual time between two runs.
    package struct Gap: Hashable, Sendable {
        /// The beginning of the gap.
        package var since: Timestamp
        /// The end of the gap.
        package var until: Timestamp

        package init(since: Timestamp, until: Timestamp) {
            self.since = since
            self.until = until
        }

        /// The length of the gap, in seconds.
        package var seconds: Double { until.seconds(since: since) }
    }

    /// Name of the vCenter.
    package var vCenter: String
    /// Runs that began in the window, whatever their outcome.
    package var runs: Int
    /// The first good run of all time; `nil` if there is none.
    package var firstGoodRunAt: Timestamp?
    /// The last good run before the window's end; `nil` if there is none.
    package var lastGoodRunAt: Timestamp?
    /// The longest time between two good runs, in seconds. It counts from the last good run before the window, or if there is none
    /// from the window's beginning, to the window's end or now, whichever is earlier.
    package var longestGapSeconds: Double
    /// In order of time.
    package var gaps: [Gap]
    /// The window's end or now, whichever is earlier: a gap up to it may still be open.
    package var knownUntil: Timestamp
    /// Its row in the history; `nil` if it does not come from one.
    package var row: VCenterRow?
    /// When the first run of all began, good or not; `nil` if that is not known.
    package var firstRunAt: Timestamp?
    /// The time of which vCenter's events tell, up to when they were last read; `nil` if they were not.
    package var toldByEvents: ReportWindow?
    /// The time that is usual between two passes, in seconds; `nil` if there were fewer than two.
    package var usualIntervalSeconds: Double?
    /// The beginnings of the latest good runs, in the window or not, in order of time.
    package var latestGoodRuns: [Timestamp] = []

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
    /// From when on vCenter's events tell of what was not watched, and to when, if they were not read up to the end of the last gap; `nil`
    /// if they tell of none of it, or only of a part that would not be reported.
    package var toldOfGaps: (since: Timestamp, until: Timestamp?)? {
        guard let told = toldByEvents, let first = gaps.first, let last = gaps.last else { return nil }
        let seconds = gaps.reduce(0) {
            $0 + max(0, min($1.until, told.until).seconds(since: max($1.since, told.since)))
        }
        guard seconds > 0, seconds >= min(Self.minimumReportedGap, unwatchedSeconds) else { return nil }
        let isToldToTheEnd = last.until.seconds(since: told.until) < Self.minimumReportedGap
        return (max(told.since, first.since), isToldToTheEnd ? nil : told.until)
    }

    /// A gap is reported from this multiple of the median interval: two runs in a row were missed.
    private static let reportedIntervals = 2.5
    /// A shorter gap, in seconds, is never reported: a cron job that polls every ten minutes may be late once.
    private static let minimumReportedGap = 900.0
    /// A run that begins within this many seconds of another belongs to its pass: another endpoint, or `--follow`.
    private static let passSpan = 60.0

    /// - Parameters:
    ///   - knownUntil: The window's end or now, whichever is earlier.
    ///   - goodRuns: The beginnings of the good runs in the window, in order of time.
    ///   - before: The beginning of the last good run before the window.
    ///   - recent: The beginnings of the latest good runs up to `knownUntil`, in the window or not, in order of time. They give the
    ///     median interval.
    package init(
        vCenter: String, window: ReportWindow, knownUntil: Timestamp, runs: Int, firstGoodRunAt: Timestamp?,
        goodRuns: [Timestamp], before: Timestamp?, recent: [Timestamp]
    ) {
        let start = before ?? window.since
        let looks = [start] + goodRuns + [knownUntil]
        let intervals = Self.intervals(between: recent)
        let interval = Self.median(of: intervals)
        let worthReporting = Self.unusualGap(afterInterval: interval)
        var longest = 0.0
        var gaps: [Gap] = []
        for (earlier, later) in zip(looks, looks.dropFirst()) where later > window.since {
            let seconds = later.seconds(since: earlier)
            longest = max(longest, seconds)
            if seconds > worthReporting { gaps.append(Gap(since: max(earlier, window.since), until: later)) }
        }
        self.init(
            vCenter: vCenter, runs: runs, firstGoodRunAt: firstGoodRunAt, lastGoodRunAt: goodRuns.last ?? before,
            longestGapSeconds: longest, gaps: gaps, knownUntil: knownUntil)
        usualIntervalSeconds = Self.usualInterval(of: intervals)
        latestGoodRuns = recent
    }

    /// A longer time without a good run is unusual, in seconds.
    private static func unusualGap(afterInterval seconds: Double?) -> Double {
        max(reportedIntervals * (seconds ?? 0), minimumReportedGap)
    }

    /// Seconds without a good run after which a vCenter of which only one pass is known counts as not polled.
    private static let unknownInterval = 86_400.0

    /// Since when the vCenter has not been polled: the last good run, or if there is none the first run; `nil` if it is being polled.
    ///
    /// - Parameter silentAfter: The seconds without a good run that count; `nil` for an unusual time: several usual intervals.
    package func notPolledSince(silentAfter: Double? = nil) -> Timestamp? {
        let limit = silentAfter ?? usualIntervalSeconds.map(Self.unusualGap) ?? Self.unknownInterval
        guard let since = lastGoodRunAt ?? firstRunAt, knownUntil.seconds(since: since) > limit else { return nil }
        return since
    }

    /// The times between two of the latest good runs for which the vCenter counted as not polled, by the intervals before.
    ///
    /// - Parameter silentAfter: As for `notPolledSince`; but a usual interval is no silence, however long it is.
    package func pastSilences(silentAfter: Double? = nil) -> [Gap] {
        var before: [Double] = []
        return zip(latestGoodRuns, latestGoodRuns.dropFirst()).compactMap { earlier, later in
            let gap = Gap(since: earlier, until: later)
            guard gap.seconds >= Self.passSpan else { return nil }
            defer { before.append(gap.seconds) }
            guard before.count >= Self.minimumIntervals else { return nil }
            let unusual = Self.unusualGap(afterInterval: Self.usualInterval(of: before))
            return gap.seconds > max(silentAfter ?? 0, unusual) ? gap : nil
        }
    }

    /// So many intervals have to be known before one after them is judged.
    private static let minimumIntervals = 10

    /// The median, or if that is longer the shortest of the latest three: the median takes dozens of passes to follow a slower schedule.
    private static func usualInterval(of intervals: [Double]) -> Double? {
        guard let median = median(of: intervals) else { return nil }
        return max(median, intervals.count < 3 ? 0 : intervals.suffix(3).min() ?? 0)
    }

    private static func median(of intervals: [Double]) -> Double? {
        intervals.isEmpty ? nil : intervals.sorted()[intervals.count / 2]
    }

    /// The times between passes, in seconds.
    private static func intervals(between runs: [Timestamp]) -> [Double] {
        zip(runs, runs.dropFirst()).map { $1.seconds(since: $0) }.filter { $0 >= passSpan }
    }
}

/// The number of a vCenter in its history. It stays the same when the vCenter is renamed.
package struct VCenterRow: RawRepresentable, Hashable, Sendable {
    package let rawValue: Int64

    package init(rawValue: Int64) { self.rawValue = rawValue }
}

/// How well the history covers a window (definition 9 of docs/design.md §2).
package struct ReportCoverage: Hashable, Sendable {
    /// Runs that began in the window, whatever their outcome.
    package var runs: Int
    /// How many of these runs were complete.
    package var complete: Int
    /// How many were partial.
    package var partial: Int
    /// How many failed.
    package var failed: Int
    /// How many were interrupted.
    package var interrupted: Int
    /// The longest time that a vCenter went without a good poll, in seconds: see `WatchRecord.longestGapSeconds`. The whole
    /// window if nothing was ever polled; `nil` if the window lies in the future.
    package var longestGapSeconds: Double?
    /// The latest poll, up to the window's end, that reported a status; `nil` if there is none.
    package var lastGoodPollAt: Timestamp?
    /// VMs with no good poll in the window, though they were in a listing in it or in the latest listing before its end.
    package var virtualMachinesWithoutData: Int
    /// Those of them that are listed now.
    package var listedWithoutData = 0
    /// Each vCenter on which a run began before the window's end, by name.
    package var vCenters: [WatchRecord]
    /// The first good run of all time on any vCenter, in the window, before or after it; `nil` if there is none.
    package var firstGoodRunAt: Timestamp?
    /// Runs with a start later than now: our clock was wrong when they began.
    package var runsStampedLater: Int
    /// Customizations that were seen finished before the window's end, but ended later than it and than now, by the clock of the guest or
    /// vCenter: they are not counted. A filter by attributes does not restrict them.
    package var endedLater = 0
    /// Those of them that failed.
    package var failedLater = 0
    /// The latest removal of old polls, if the window begins before what is kept.
    package var pruned: PrunedPolls?

    package init(
        runs: Int = 0, complete: Int = 0, partial: Int = 0, failed: Int = 0, interrupted: Int = 0,
        longestGapSeconds: Double? = nil, lastGoodPollAt: Timestamp? = nil, virtualMachinesWithoutData: Int = 0,
        vCenters: [WatchRecord] = [], firstGoodRunAt: Timestamp? = nil, runsStampedLater: Int = 0
    ) {
        self.runs = runs
        self.complete = complete
        self.partial = partial
        self.failed = failed
        self.interrupted = interrupted
        self.longestGapSeconds = longestGapSeconds
        self.lastGoodPollAt = lastGoodPollAt
        self.virtualMachinesWithoutData = virtualMachinesWithoutData
        self.vCenters = vCenters
        self.firstGoodRunAt = firstGoodRunAt ?? vCenters.compactMap(\.firstGoodRunAt).min()
        self.runsStampedLater = runsStampedLater
    }

    /// How much of the window was not watched, on the vCenter that was watched least, in seconds.
    package var unwatchedSeconds: Double { vCenters.map(\.unwatchedSeconds).max() ?? longestGapSeconds ?? 0 }
}

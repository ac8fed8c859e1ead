/// What the history cannot know about a window; see definition 9 of docs/design.md §2.
package struct ReportCoverage: Hashable, Sendable {
    /// Runs that began in the window, whatever became of them.
    package var runs: Int
    package var complete: Int
    package var partial: Int
    package var failed: Int
    package var interrupted: Int
    /// The longest time for which a vCenter went without a good poll, in seconds: see `WatchRecord.longestGapSeconds`. The whole
    /// window where nobody ever looked; `nil` if the window lies in the future.
    package var longestGapSeconds: Double?
    /// The latest poll, up to the window's end, that reported a status; `nil` if there is none.
    package var lastGoodPollAt: Timestamp?
    /// VMs with no good poll in the window, though they were in a listing in it or in the latest listing before its end.
    package var virtualMachinesWithoutData: Int
    /// Each vCenter that a run was begun on before the window's end, by name.
    package var vCenters: [WatchRecord]
    /// The first good run of all time on any vCenter, in the window, before or after it; `nil` if there is none.
    package var firstGoodRunAt: Timestamp?
    /// Runs that are stamped later than now: our clock was wrong when they began.
    package var runsStampedLater: Int

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

    /// How much of the window the vCenter that was watched worst was not watched for, in seconds.
    package var unwatchedSeconds: Double { vCenters.map(\.unwatchedSeconds).max() ?? longestGapSeconds ?? 0 }
}

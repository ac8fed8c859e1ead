/// One collection run, as recorded in the history.
package struct RecordedRun: Hashable, Sendable {
    /// Number of the run.
    package var id: CollectionRunID
    /// Name of the vCenter.
    package var vCenter: String
    /// The endpoint that was polled.
    package var endpoint: Endpoint
    /// When it began, by this program's clock.
    package var startedAt: Timestamp
    /// When the list of VMs was complete; `nil` if it never was.
    package var listedAt: Timestamp?
    /// When it ended; `nil` while it runs, and for a run that was killed.
    package var finishedAt: Timestamp?
    /// How it ended, or that it is running.
    package var outcome: CollectionRunOutcome
    /// Why it was cut short; `nil` if it was not.
    package var failure: String?
    /// VMs in its listing.
    package var virtualMachines: Int
    /// Polls recorded.
    package var polls: Int
    /// Polls that got no answer; a VM's own 403, 404 or 503 is one.
    package var failedPolls: Int
    /// Events recorded; of a run that polled, none.
    package var events = 0
    /// The most frequent kind of failure among its polls; `nil` if none failed.
    package var commonestFailure: PollFailure?
    /// Seconds since the start of the last earlier run of the same vCenter and endpoint that had a good poll; `nil` if there is none.
    package var secondsSinceGoodRun: Double?
    /// How far the vCenter's clock was ahead of this program's; negative if it was behind, `nil` if it sent no date.
    package var clockOffsetSeconds: Double?
    /// How the two clocks have shifted relative to each other since the previous run of this vCenter; `nil` if they have not.
    package var clockStep: ClockStep?
    /// Version of the program that ran it.
    package var toolVersion: String

    package init(
        id: CollectionRunID, vCenter: String, endpoint: Endpoint, startedAt: Timestamp, listedAt: Timestamp?,
        finishedAt: Timestamp?, outcome: CollectionRunOutcome, failure: String?, virtualMachines: Int, polls: Int,
        failedPolls: Int, commonestFailure: PollFailure?, secondsSinceGoodRun: Double?,
        clockOffsetSeconds: Double? = nil, clockStep: ClockStep? = nil, toolVersion: String
    ) {
        self.id = id
        self.vCenter = vCenter
        self.endpoint = endpoint
        self.startedAt = startedAt
        self.listedAt = listedAt
        self.finishedAt = finishedAt
        self.outcome = outcome
        self.failure = failure
        self.virtualMachines = virtualMachines
        self.polls = polls
        self.failedPolls = failedPolls
        self.commonestFailure = commonestFailure
        self.secondsSinceGoodRun = secondsSinceGoodRun
        self.clockOffsetSeconds = clockOffsetSeconds
        self.clockStep = clockStep
        self.toolVersion = toolVersion
    }

    /// From start to end, including the listing, in seconds; `nil` while not known, and if the clock went back meanwhile.
    package var durationSeconds: Double? {
        finishedAt.flatMap { $0 < startedAt ? nil : $0.seconds(since: startedAt) }
    }

    /// Polls per second, from the listing to the end; `nil` while not known.
    package var pollsPerSecond: Double? {
        guard let finishedAt, let listedAt, finishedAt > listedAt, polls > 0 else { return nil }
        return Double(polls) / finishedAt.seconds(since: listedAt)
    }
}

/// The collection runs of a window.
package struct RunReport: Hashable, Sendable {
    /// The window in which the runs began.
    package var window: ReportWindow
    /// When the history was read.
    package var generatedAt: Timestamp
    /// The latest runs of the window, the newest first.
    package var runs: [RecordedRun]
    /// How many runs of the window are older than those in `runs`.
    package var olderRuns: Int
    /// How well the runs cover the window.
    package var coverage: ReportCoverage

    package init(
        window: ReportWindow, generatedAt: Timestamp, runs: [RecordedRun], olderRuns: Int, coverage: ReportCoverage
    ) {
        self.window = window
        self.generatedAt = generatedAt
        self.runs = runs
        self.olderRuns = olderRuns
        self.coverage = coverage
    }
}

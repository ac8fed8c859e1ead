/// One collection run as the history has it.
package struct RecordedRun: Hashable, Sendable {
    package var id: CollectionRunID
    /// Name of the vCenter.
    package var vCenter: String
    package var endpoint: Endpoint
    package var startedAt: Timestamp
    /// When the list of VMs was there; `nil` if it never was.
    package var listedAt: Timestamp?
    /// `nil` while it runs, and for one that was killed.
    package var finishedAt: Timestamp?
    package var outcome: CollectionRunOutcome
    /// Why it was cut short; `nil` if it was not.
    package var failure: String?
    /// VMs in its listing.
    package var virtualMachines: Int
    /// Polls recorded.
    package var polls: Int
    /// Polls that got no answer; a VM's own 403, 404 or 503 is one.
    package var failedPolls: Int
    /// Why most of its failed polls failed; `nil` if none did.
    package var commonestFailure: PollFailure?
    /// From the start of the last run before it, of the same vCenter and endpoint, that had a good poll; `nil` if there is none.
    package var secondsSinceGoodRun: Double?
    /// How far the vCenter's clock was ahead of this program's; negative if it was behind, `nil` if it did not tell.
    package var clockOffsetSeconds: Double?
    /// How the clocks have moved against each other since the run of this vCenter before it; `nil` if they have not.
    package var clockStep: ClockStep?
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

    /// From its start to its end, listing and all; `nil` while that is not known, and if the clock went back meanwhile.
    package var durationSeconds: Double? {
        finishedAt.flatMap { $0 < startedAt ? nil : $0.seconds(since: startedAt) }
    }

    /// Polls a second, from the listing to the end; `nil` while that is not known.
    package var pollsPerSecond: Double? {
        guard let finishedAt, let listedAt, finishedAt > listedAt, polls > 0 else { return nil }
        return Double(polls) / finishedAt.seconds(since: listedAt)
    }
}

/// The collection runs of a window.
package struct RunReport: Hashable, Sendable {
    package var window: ReportWindow
    package var generatedAt: Timestamp
    /// The newest first.
    package var runs: [RecordedRun]
    /// How many runs of the window are older than those.
    package var olderRuns: Int
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

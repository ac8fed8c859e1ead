/// Records the pages of one reading of events, in runs of limited size: a run is sealed in one transaction.
actor EventRecording {
    /// An error of the recorder, not of the vCenter.
    struct RecorderFault: Error {
        var cause: any Error
    }

    private let recorder: any EventRecorder
    private let now: @Sendable () -> Timestamp
    private let report: @Sendable (EventSummary) -> Void
    private var progress: EventProgress
    private var summary: EventSummary
    private let isBackfill: Bool
    private var run: CollectionRunID?
    private var recordedInRun = 0

    /// Events of one run. Its end takes about a second for so many.
    static let maximumEvents = 20_000

    init(
        of vCenter: String, into recorder: any EventRecorder, from progress: EventProgress, isBackfill: Bool,
        now: @escaping @Sendable () -> Timestamp, progress report: @escaping @Sendable (EventSummary) -> Void
    ) {
        self.recorder = recorder
        self.now = now
        self.report = report
        self.progress = progress
        self.isBackfill = isBackfill
        summary = EventSummary(vCenter: vCenter)
    }

    /// Where the reading starts.
    var position: EventPosition { isBackfill ? progress.backfill?.position ?? progress.cursor : progress.cursor }

    func take(_ page: EventPage) async throws {
        do {
            try await record(page)
        } catch {
            throw RecorderFault(cause: error)
        }
    }

    private func record(_ page: EventPage) async throws {
        if page.isRestored, !summary.isRestored {
            summary.isRestored = true
            progress.generation += 1
        }
        let new = try await recorder.newEvents(among: page.events, on: summary.vCenter)
        move(to: page.end)
        if new.isEmpty {
            try await recorder.record(progress, of: summary.vCenter)
        } else {
            try await append(new)
        }
        summary.new += new.count
        summary.known += page.events.count - new.count
        summary.unreadable += page.unreadable
        summary.latest = page.events.last?.createdAt ?? summary.latest
        report(summary)
    }

    private func append(_ events: [CustomizationEvent]) async throws {
        if recordedInRun >= Self.maximumEvents { try await end(as: .complete) }
        let run = try await openRun()
        try await recorder.append(events, progress, to: run)
        recordedInRun += events.count
    }

    private func openRun() async throws -> CollectionRunID {
        if let run { return run }
        let new = try await recorder.beginRun(vCenter: summary.vCenter, endpoint: .events, at: now())
        run = new
        summary.runs.append(new)
        return new
    }

    private func move(to position: EventPosition) {
        if isBackfill {
            progress.backfill?.position = position
        } else {
            progress.cursor = position
        }
    }

    private func end(as outcome: CollectionRunOutcome, because failure: String? = nil) async throws {
        guard let run else { return }
        self.run = nil
        recordedInRun = 0
        try await recorder.finishRun(run, as: CollectionRunEnd(outcome: outcome, finishedAt: now(), failure: failure))
    }

    /// Ends a reading that reached the last event.
    func finish() async throws -> EventSummary {
        if isBackfill, let backfill = progress.backfill {
            (progress.completeSince, progress.cursor) = (backfill.since, backfill.position)
        }
        if progress.covers(progress.backfill?.since) { progress.backfill = nil }
        progress.readAt = now()
        let unreadable = summary.unreadable
        summary.outcome = unreadable == 0 ? .complete : .partial
        if unreadable > 0 { _ = try await openRun() }
        try await recorder.record(progress, of: summary.vCenter)
        try await end(
            as: summary.outcome, because: unreadable > 0 ? "\(unreadable) of the events could not be read" : nil)
        return summary
    }

    /// Ends a reading that the vCenter did not let come to its end.
    ///
    /// - Parameter recording: Whether the failure is recorded even if nothing was read.
    func fail(_ failure: HistoryError, recording: Bool) async throws -> EventSummary {
        summary.failure = failure
        summary.outcome = summary.new == 0 ? .failed : .interrupted
        if recording { _ = try await openRun() }
        try await end(as: summary.outcome, because: failure.message)
        return summary
    }

    /// Ends a reading that was stopped.
    func stop() async throws -> EventSummary {
        summary.outcome = .interrupted
        try await end(as: .interrupted)
        return summary
    }

    /// Ends the run after the recorder failed, if that can be recorded.
    func giveUp(_ error: any Error) async {
        try? await end(as: .interrupted, because: "\(error)")
    }
}

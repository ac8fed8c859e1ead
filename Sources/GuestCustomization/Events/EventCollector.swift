/// Reads the events of one vCenter and records them.
package struct EventCollector: Sendable {
    private let vCenter: String
    private let source: any EventSource
    private let recorder: any EventRecorder
    private let now: @Sendable () -> Timestamp
    private let isRequired: Bool
    private let progress: @Sendable (EventSummary) -> Void

    /// How far back a first reading goes that is no backfill, in seconds.
    package static let firstReach = 86_400.0

    /// - Parameters:
    ///   - vCenter: The name under which the history knows this vCenter.
    ///   - isRequired: Whether a failure is recorded even if nothing was read: otherwise nobody has asked for events.
    ///   - progress: Called after each page.
    package init(
        vCenter: String, source: any EventSource, recorder: any EventRecorder, isRequired: Bool = true,
        now: @escaping @Sendable () -> Timestamp, progress: @escaping @Sendable (EventSummary) -> Void = { _ in }
    ) {
        self.vCenter = vCenter
        self.source = source
        self.recorder = recorder
        self.isRequired = isRequired
        self.now = now
        self.progress = progress
    }

    /// Which events to read.
    package enum Extent: Hashable, Sendable {
        /// Those after the ones that were read before.
        case later
        /// All since an instant, or all that the vCenter has. One that was interrupted goes on.
        case since(Timestamp?)
    }

    /// Reads events. What is new is recorded in runs of its own; if nothing is, there is no run.
    ///
    /// Throws what the recorder throws; the summary reports what the vCenter did.
    package func collect(_ extent: Extent) async throws -> EventSummary {
        let begin = now()
        let known = try await recorder.eventProgress(of: vCenter)
        let start = Self.start(of: extent, known, at: begin)
        let reading = EventRecording(
            of: vCenter, into: recorder, from: start.progress, isBackfill: start.isBackfill, now: now,
            progress: progress)
        var failure: HistoryError?
        do {
            try await source.readEvents(CustomizationEventType.ofCustomizations, since: await reading.position) {
                try await reading.take($0)
            }
        } catch is CancellationError {
            // The run ends as interrupted.
        } catch let error as EventRecording.RecorderFault {
            await reading.giveUp(error.cause)
            throw error.cause
        } catch let error as HistoryError {
            failure = error
        }
        if let failure { return try await reading.fail(failure, recording: isRequired) }
        return Task.isCancelled ? try await reading.stop() : try await reading.finish()
    }

    /// What was read so far, and whether older events are to be read.
    private static func start(
        of extent: Extent, _ known: EventProgress?, at begin: Timestamp
    ) -> (progress: EventProgress, isBackfill: Bool) {
        let first = begin.advanced(bySeconds: -firstReach)
        var progress =
            known ?? EventProgress(cursor: EventPosition(time: first), completeSince: first, readAt: first)
        guard case .since(let since) = extent, !progress.covers(since) else { return (progress, false) }
        if progress.backfill.map({ !isEnough($0.since, for: since) }) ?? true {
            progress.backfill = .init(since: since, position: EventPosition(time: since))
        }
        return (progress, true)
    }

    /// Whether a reading that began at one instant has everything since another one.
    private static func isEnough(_ earlier: Timestamp?, for since: Timestamp?) -> Bool {
        guard let earlier else { return true }
        return since.map { earlier <= $0 } ?? false
    }
}

/// What a reading of events brought.
package struct EventSummary: Sendable {
    /// Name of the vCenter.
    package var vCenter: String
    /// The runs that recorded something.
    package var runs: [CollectionRunID] = []
    /// Events that were recorded.
    package var new = 0
    /// Events that were recorded before.
    package var known = 0
    /// Elements of the answers that are no events.
    package var unreadable = 0
    /// When the latest one was created, by the vCenter's clock; `nil` if none was read.
    package var latest: Timestamp?
    /// Whether the vCenter was found to be restored from a backup.
    package var isRestored = false
    /// `complete`, `partial` if elements were not readable, `failed` or `interrupted`.
    package var outcome = CollectionRunOutcome.running
    /// Why it was cut short; `nil` if it was not.
    package var failure: HistoryError?

    init(vCenter: String) { self.vCenter = vCenter }
}

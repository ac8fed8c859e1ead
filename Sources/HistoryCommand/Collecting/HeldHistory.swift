import GuestCustomization
import HistoryStore
import Synchronization

/// Reports once that another program holds the history, after runs have waited for it for a while; and again the next time.
final class HeldHistory: Sendable {
    private let path: String
    private let messages: MessageOptions
    private let limit: Duration
    private let clock: SteadyClock
    private let noteProgress: @Sendable () -> Void
    /// When it was last found held, and whether that was reported.
    private let held: Mutex<(at: Duration, isReported: Bool)?> = Mutex(nil)

    /// Attempts follow each other much faster than this, so a longer pause means that the database was free meanwhile.
    private static let pause = Duration.seconds(10)

    /// - Parameters:
    ///   - limit: How long to wait before reporting.
    ///   - noteProgress: Called while the history is held.
    init(
        _ path: String, messages: MessageOptions, after limit: Duration, clock: SteadyClock,
        noteProgress: @escaping @Sendable () -> Void
    ) {
        self.path = path
        self.messages = messages
        self.limit = limit
        self.clock = clock
        self.noteProgress = noteProgress
    }

    var waiting: HistoryDatabase.Waiting {
        HistoryDatabase.Waiting(timeout: limit, clock: clock) { self.found(after: $0) }
    }

    private func found(after waited: Duration) {
        noteProgress()
        let now = clock.now()
        let isNews = held.withLock { held in
            let isReported = held.map { $0.isReported && now - $0.at < Self.pause } ?? false
            held = (now, isReported || waited >= limit)
            return waited >= limit && !isReported
        }
        guard isNews else { return }
        messages.say(
            .warning,
            "\(path, as: "database"): another process has held the database for \(waited, as: "waited_seconds"); polled results wait in memory until it has finished"
        )
    }
}

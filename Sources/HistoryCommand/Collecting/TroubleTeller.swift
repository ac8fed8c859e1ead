import GuestCustomization
import HistoryStore
import Logging
import Synchronization

/// Something in collecting that a person has to know of.
struct Trouble {
    var level: Logger.Level
    var line: String
    /// What it is, without figures that differ from run to run.
    var kinds: [String]
    /// Whether it can be over, and is no warning of how the program is used.
    var isFault = true
    /// Whether each run tells it that meets it.
    var isUrgent = false
}

/// Tells people of troubles: of all of them where somebody looks on, else of what is news (docs/design.md §7).
final class TroubleTeller: Sendable {
    private let messages: MessageOptions
    private let memory: StateFile<ToldTroubles>
    private let now: @Sendable () -> Timestamp
    /// Lines that this pass has met: what several endpoints or vCenters have in common is told once.
    private let met: Mutex<Set<String>> = Mutex([])

    init(_ messages: MessageOptions, of history: HistoryDatabase, now: @escaping @Sendable () -> Timestamp) {
        self.messages = messages
        self.now = now
        memory = StateFile(beside: history.path, name: "told") { ToldTroubles() }
    }

    func beginPass() {
        met.withLock { $0 = [] }
    }

    /// - Parameter scope: Which cron met it, and at which vCenter.
    func tell(_ trouble: Trouble, in scope: String) {
        // What is not shown is not told.
        guard messages.logger.logLevel <= trouble.level, met.withLock({ $0.insert(trouble.line).inserted }) else {
            return
        }
        if messages.tellsAll { return messages.say(trouble.level, trouble.line) }
        // Rather twice than never, where it cannot be remembered.
        let telling =
            (try? memory.update { $0.meet(trouble.kinds, in: scope, isFault: trouble.isFault, at: now()) }) ?? .begins
        switch telling {
        case .lasts(let time): messages.say(trouble.level, "\(trouble.line) (for \(time.inWords) now)")
        case .isKnown where !trouble.isUrgent: break
        case .begins, .isKnown: messages.say(trouble.level, trouble.line)
        }
    }

    /// Tells that a vCenter was polled as usual, but for `troubles`, where that is news.
    func end(_ vCenter: String, in scope: String, but troubles: [Trouble]) {
        guard !messages.tellsAll else { return }
        let kinds = Set(troubles.flatMap(\.kinds))
        guard let time = try? memory.update({ $0.end(in: scope, but: kinds, at: now()) }) else { return }
        messages.say(.notice, "\(vCenter): again as usual after \(time.inWords)")
    }
}

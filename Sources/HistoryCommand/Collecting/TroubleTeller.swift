import GuestCustomization
import HistoryStore
import Logging
import Synchronization

/// A problem in collecting that a person has to know about.
struct Trouble {
    var level: Logger.Level
    var line: LogLine
    /// What kind of problem it is, without figures that differ from run to run.
    var kinds: [String]
    /// Whether it can end, rather than being a warning about how the program is used.
    var isFault = true
    /// Whether every run that meets it reports it.
    var isUrgent = false
}

/// Reports troubles: all of them if somebody is watching, otherwise only what is new (docs/design.md §7).
final class TroubleTeller: Sendable {
    private let messages: MessageOptions
    private let memory: StateFile<ToldTroubles>
    private let now: @Sendable () -> Timestamp
    /// Lines already reported in this round: what several endpoints or vCenters have in common is reported once.
    private let met: Mutex<Set<String>> = Mutex([])

    init(_ messages: MessageOptions, of history: HistoryDatabase, now: @escaping @Sendable () -> Timestamp) {
        self.messages = messages
        self.now = now
        memory = StateFile(beside: history.path, name: "told") { ToldTroubles() }
    }

    func beginPass() {
        met.withLock { $0 = [] }
    }

    /// - Parameter scope: The cron job and the vCenter.
    func tell(_ trouble: Trouble, in scope: String) {
        // A message that is not shown does not count as reported.
        guard messages.logger.logLevel <= trouble.level, met.withLock({ $0.insert(trouble.line.text).inserted }) else {
            return
        }
        if messages.tellsAll { return messages.say(trouble.level, trouble.line) }
        // If it cannot be recorded, better report it twice than never.
        let telling =
            (try? memory.update { $0.meet(trouble.kinds, in: scope, isFault: trouble.isFault, at: now()) }) ?? .begins
        switch telling {
        case .lasts(let time): messages.say(trouble.level, trouble.line + " (for \(time, as: "lasting_seconds") now)")
        case .isKnown where !trouble.isUrgent: break
        case .begins, .isKnown: messages.say(trouble.level, trouble.line)
        }
    }

    /// Reports that a vCenter was polled normally, apart from `troubles`, if that is new.
    func end(_ vCenter: String, in scope: String, but troubles: [Trouble]) {
        guard !messages.tellsAll else { return }
        let kinds = Set(troubles.flatMap(\.kinds))
        guard let time = try? memory.update({ $0.end(in: scope, but: kinds, at: now()) }) else { return }
        messages.say(.notice, "\(vCenter, as: "vcenter"): back to normal after \(time, as: "lasted_seconds")")
    }
}

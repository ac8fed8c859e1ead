import GuestCustomization
import HistoryStore
import Logging
import Synchronization

/// A problem in collecting that a person has to know about.
struct Problem {
    var level: Logger.Level
    var line: LogLine
    /// What kind of problem it is, without figures that differ from run to run.
    var kinds: [String]
    /// Whether it can end, rather than being a warning about how the program is used.
    var isFault = true
    /// Whether every run that meets it reports it.
    var isUrgent = false
}

/// Reports problems: all of them if somebody is watching, otherwise only what is new (docs/design.md §7).
final class ProblemReporter: Sendable {
    private let messages: MessageOptions
    private let memory: StateFile<ReportedProblems>
    private let now: @Sendable () -> Timestamp
    /// Lines already reported in this round: what several endpoints or vCenters have in common is reported once.
    private let met: Mutex<Set<String>> = Mutex([])

    init(_ messages: MessageOptions, of history: HistoryDatabase, now: @escaping @Sendable () -> Timestamp) {
        self.messages = messages
        self.now = now
        memory = StateFile(beside: history.path, name: "told") { ReportedProblems() }
    }

    func beginPass() {
        met.withLock { $0 = [] }
    }

    /// - Parameter scope: The cron job and the vCenter.
    func report(_ problem: Problem, in scope: String) {
        // A message that is not shown does not count as reported.
        guard messages.logger.logLevel <= problem.level, met.withLock({ $0.insert(problem.line.text).inserted }) else {
            return
        }
        if messages.reportsAll { return messages.say(problem.level, problem.line) }
        // If it cannot be recorded, better report it twice than never.
        let novelty =
            (try? memory.update { $0.meet(problem.kinds, in: scope, isFault: problem.isFault, at: now()) }) ?? .begins
        switch novelty {
        case .lasts(let time): messages.say(problem.level, problem.line + " (for \(time, as: "lasting_seconds") now)")
        case .isKnown where !problem.isUrgent: break
        case .begins, .isKnown: messages.say(problem.level, problem.line)
        }
    }

    /// Reports that a vCenter was polled normally, apart from `problems`, if that is new.
    func end(_ vCenter: String, in scope: String, but problems: [Problem]) {
        guard !messages.reportsAll else { return }
        let kinds = Set(problems.flatMap(\.kinds))
        guard let time = try? memory.update({ $0.end(in: scope, but: kinds, at: now()) }) else { return }
        messages.say(.notice, "\(vCenter, as: "vcenter"): back to normal after \(time, as: "lasted_seconds")")
    }
}

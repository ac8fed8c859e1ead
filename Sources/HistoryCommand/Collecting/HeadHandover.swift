import GuestCustomization
import HistoryConfiguration
import HistoryEvidence
import HistoryStore

/// Gives the head of the history to where the machine that collects cannot change it: to the log, or to a program.
struct HeadHandover: Sendable {
    private static let limit = Duration.seconds(60)
    private static let limitOfStopped = Duration.seconds(10)
    private static let maximumOutput = 64 << 10

    private let program: ConfiguredProgram?
    private let isLogged: Bool
    private let messages: MessageOptions
    private let clock: SteadyClock

    /// - Parameter command: The program and its arguments; it reads a checkpoint from standard input.
    init(command: [String]?, isLogged: Bool, _ messages: MessageOptions, by clock: SteadyClock) {
        program = command.map {
            ConfiguredProgram(
                $0, called: "head_command",
                advice: "run it by hand as this user, with `\(ProgramName.called) head` as its input: it must exit 0")
        }
        (self.isLogged, self.messages, self.clock) = (isLogged, messages, clock)
    }

    /// To be called after each pass; returns the exit code if the program failed.
    func run(_ history: HistoryDatabase, _ reporter: ProblemReporter) async -> ExitStatus? {
        guard isLogged || program != nil else { return nil }
        var problems: [Problem] = []
        var status: ExitStatus?
        do {
            let head = try history.head()
            if isLogged { messages.say(.notice, "head of the history: \(head.line, as: "head")") }
            // A stopped service still hands over its last head, so this is not cancelled with the pass.
            let limit = Task.isCancelled ? Self.limitOfStopped : Self.limit
            _ = try await Task { [program, clock] in
                try await program?.output(upTo: Self.maximumOutput, reading: head.text, within: limit, by: clock)
            }.value
        } catch {
            status = (error as? HistoryError).map { ExitStatus($0.code) } ?? .software
            let reason = (error as? HistoryError)?.description ?? "\(error)"
            let problem = Problem(level: .error, line: "\(reason, as: "reason")", kinds: ["head"])
            reporter.report(problem, in: "head")
            problems = [problem]
        }
        reporter.end("head", in: "head", but: problems)
        return status
    }
}

import GuestCustomization
import HistoryConfiguration
import HistoryStore

/// Ends a command early: one line for people, and the exit code for scripts.
struct CommandFailure: Error {
    var status: ExitStatus
    /// What was tried, on what, what happened, and what to do.
    var message: String

    init(_ status: ExitStatus, _ message: String) {
        self.status = status
        self.message = message
    }
}

extension LogLine {
    init(_ failure: CommandFailure) {
        self = "\(failure.message, as: "reason")"
    }
}

extension Error {
    /// This error as the end of the command: its exit code, and one line for people.
    var asCommandFailure: CommandFailure {
        switch self {
        case let failure as CommandFailure: failure
        case let failure as CollectionFailure: CommandFailure(ExitStatus(failure.kind), failure.message)
        case let error as UnrecordedPolls:
            CommandFailure(
                error.cause.asCommandFailure.status, "\(error.cause.asCommandFailure.message); \(error.loss)")
        case let error as HistoryDatabaseError: CommandFailure(ExitStatus(error.code), error.message)
        case let error as ConfigurationError:
            CommandFailure(error.kind == .usage ? .usage : .configuration, error.message)
        case let error as WindowExpressionError: CommandFailure(.usage, "\(error)")
        default:
            CommandFailure(.software, "a fault in this program: \("\(self)".withoutSourcePlaces); please report it")
        }
    }
}

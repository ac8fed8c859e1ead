import GuestCustomization
import HistoryStore

extension HistoryError.Code {
    /// A fault in this program.
    static let software = Self(rawValue: "software")
    /// The system has no more files, threads or memory for this process.
    static let noResources = Self(rawValue: "noResources")
    /// A file cannot be written or read.
    static let inputOutput = Self(rawValue: "inputOutput")
    /// The failure rate is above `--fail-above`.
    static let failureRateExceeded = Self(rawValue: "failureRateExceeded")
    /// A VM fails, and `failing --exit-code` was asked for.
    static let virtualMachinesFailing = Self(rawValue: "virtualMachinesFailing")
    /// There is nothing to compare with `--fail-above`.
    static let nothingToJudgeBy = Self(rawValue: "nothingToJudgeBy")
}

extension Error {
    /// This error in the form of the others, as it ends a command.
    var asHistoryError: HistoryError {
        switch self {
        case let error as HistoryError: error
        case let error as UnrecordedPolls: error.cause.asHistoryError.adding(advice: error.loss)
        case let error as WindowExpressionError: HistoryError(.usage, "\(error)", cause: error)
        default:
            HistoryError(
                .software, about: "a fault in this program", "\(self)".withoutSourcePlaces,
                advice: "please report it", cause: self)
        }
    }
}

extension LogLine {
    init(_ error: HistoryError) {
        let subject: LogLine = error.subject.map { "\($0, as: "subject"): " } ?? ""
        let advice: LogLine = error.advice.map { "; \($0, as: "advice")" } ?? ""
        self = (subject + "\(error.problem, as: "problem")" + advice).adding(["code": "\(error.code.rawValue)"])
    }
}

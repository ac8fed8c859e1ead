import GuestCustomization

/// The causes of errors, as lines below each error in the table format. A cause that errors share is explained once.
struct ErrorExplanations {
    private let width: Int
    private var explained: Set<FailureCause?> = []

    /// The column where the texts begin: that of the errors' texts if no bars are drawn.
    private static let column = 17

    init(width: Int) {
        self.width = width
    }

    mutating func lines(of error: ErrorGroup) -> [TerminalLine] {
        let cause = error.cause
        guard explained.insert(cause).inserted else {
            return Self.label("probable cause").followed(
                by: cause.map { "\($0.name), as above" } ?? "unknown, as above", width: width)
        }
        return Self.label("probable cause").followed(by: ReportWords.cause(cause), width: width)
            + Self.checks(of: cause, width: width)
    }

    /// What to check, and the guest's logs.
    static func checks(of cause: FailureCause?, width: Int) -> [TerminalLine] {
        var lines: [TerminalLine] = []
        for (index, check) in (cause?.checks ?? []).enumerated() {
            var line = label(index == 0 ? "check" : "")
            line.append("- ", .dim)
            lines += line.followed(by: check, width: width)
        }
        for (index, log) in cause.logs.enumerated() {
            lines += label(index == 0 ? "logs" : "").followed(by: log.path, width: width)
        }
        return lines
    }

    static func label(_ text: String) -> TerminalLine {
        var line = TerminalLine()
        line.append(text, endingAt: column - 2, .dim)
        line.pad(to: column)
        return line
    }
}

import GuestCustomization

/// The explanation of an error's cause, as text for people.
package struct ExplanationRenderer: Sendable {
    /// Maximum width of a line, in columns.
    package var width: Int
    /// Whether ANSI escape sequences are used.
    package var colors: Bool

    package init(width: Int = 100, colors: Bool = false) {
        self.width = width
        self.colors = colors
    }

    /// One cause, with what to check and the guest's logs.
    package func render(_ cause: FailureCause) -> String {
        lines(cause).rendered(width: width, colors: colors)
    }

    /// Several causes, one line for each.
    package func render(_ causes: [FailureCause]) -> String {
        let nameWidth = causes.map(\.name.count).max() ?? 0
        let lines =
            [TerminalLine("Probable causes; explain NAME shows what to check", .dim), TerminalLine()]
            + causes.flatMap { cause in
                var line = TerminalLine(cause.name, .bold)
                line.pad(to: nameWidth + 2)
                return line.followed(by: cause.explanation, width: width)
            }
        return lines.rendered(width: width, colors: colors)
    }

    private func lines(_ cause: FailureCause) -> [TerminalLine] {
        let checks = cause.checks.flatMap { TerminalLine("  - ").followed(by: $0, width: width) }
        return [TerminalLine(cause.name, .bold)]
            + TerminalLine("Probable cause: ").followed(by: cause.explanation, width: width)
            + [TerminalLine(), TerminalLine("What to check")] + checks + logs(cause.logs)
    }

    private func logs(_ logs: [GuestLog]) -> [TerminalLine] {
        guard !logs.isEmpty else { return [] }
        let heads = logs.map { "  \($0.system.rawValue)" }
        let column = (heads.map(\.count).max() ?? 0) + 2
        return [TerminalLine(), TerminalLine("Logs in the guest")]
            + zip(heads, logs).flatMap { head, log in
                var line = TerminalLine(head, .dim)
                line.pad(to: column)
                return line.followed(by: "\(log.path): \(log.shows)", width: width)
            }
    }
}

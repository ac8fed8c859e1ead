import GuestCustomization

/// Why customizations failed: the most frequent errors first, as the table format shows them.
enum ErrorTable {
    /// Most failures have few causes; other formats, and `--by error`, have all of them.
    private static let fewest = 5
    private static let barWidth = 10

    /// The few that matter most, beside the rows of another breakdown.
    static func summary(of errors: [ErrorGroup], width: Int, graphics: Bool) -> [TerminalLine] {
        guard !errors.isEmpty else { return [] }
        let rows = rows(of: errors.prefix(fewest), .plain, width: width, lines: 2, graphics: graphics)
        let rest = errors.dropFirst(fewest)
        let closing =
            rest.isEmpty
            ? remark("--by error tells probable causes and what to check", width: width)
            : remainder(rest, "; --by error has all, with causes and what to check", width: width)
        return [head(graphics: graphics)] + rows.flatMap(\.self) + closing
    }

    /// Each with its probable cause, what to check and the guest's logs.
    static func explained(_ errors: [ErrorGroup], width: Int, limit: Int?, graphics: Bool) -> [TerminalLine] {
        guard !errors.isEmpty else { return [] }
        let shown = errors.prefix(limit ?? .max)
        var explanations = ErrorExplanations(width: width)
        var blocks = zip(shown, rows(of: shown, .bold, width: width, lines: 4, graphics: graphics)).map { error, row in
            row + explanations.lines(of: error)
        }
        let rest = errors.dropFirst(shown.count)
        if !rest.isEmpty { blocks.append(remainder(rest, "", width: width)) }
        return [head(graphics: graphics)] + blocks.joined(separator: [TerminalLine()])
    }

    /// What a person reads of an error: its message, else its identifier, else that there was none.
    static func errorText(id: String?, message: String?) -> String {
        message ?? id ?? "vCenter reported no error"
    }

    private static func head(graphics: Bool) -> TerminalLine {
        var head = TerminalLine("  FAILED    VMS  ", .dim)
        if graphics { head.pad(to: head.width + barWidth + 2) }
        head.append("ERROR", .dim)
        return head
    }

    private static func rows(
        of errors: ArraySlice<ErrorGroup>, _ style: TerminalStyle, width: Int, lines: Int, graphics: Bool
    ) -> [[TerminalLine]] {
        let most = errors.map(\.count).max() ?? 1
        return errors.map { error in
            var line = TerminalLine()
            line.append(String(error.count), endingAt: 8)
            line.append(String(error.virtualMachines), endingAt: 15)
            line.append("  ")
            if graphics {
                line.append(HorizontalBar.text(Double(error.count) / Double(most), columns: barWidth), .red)
                line.append("  ")
            }
            return line.followed(by: errorText(id: error.id, message: error.message), width: width, lines: lines, style)
        }
    }

    private static func remainder(_ rest: ArraySlice<ErrorGroup>, _ remark: String, width: Int) -> [TerminalLine] {
        let failures = rest.reduce(0) { $0 + $1.count }
        let errors = FigureText.counted(rest.count, "other error")
        return self.remark("… with \(errors)\(remark)", failures: String(failures), width: width)
    }

    private static func remark(_ text: String, failures: String = "", width: Int) -> [TerminalLine] {
        var line = TerminalLine()
        line.append(failures, endingAt: 8)
        line.pad(to: 17)
        return line.followed(by: text, width: width, .dim)
    }
}

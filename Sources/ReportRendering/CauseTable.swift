import GuestCustomization

/// The probable causes of failures, the most frequent first, each with its errors, what to check and the guest's logs.
enum CauseTable {
    private static let barWidth = 10
    /// Most causes have few errors; `--by error` has all.
    private static let fewestErrors = 3

    static func lines(of causes: [CauseGroup], width: Int, limit: Int?, graphics: Bool) -> [TerminalLine] {
        guard !causes.isEmpty else { return [] }
        var head = TerminalLine("  FAILED    VMS  ", .dim)
        if graphics { head.pad(to: head.width + barWidth + 2) }
        head.append("PROBABLE CAUSE", .dim)
        let shown = causes.prefix(limit ?? .max)
        let most = causes.map(\.count).max() ?? 1
        var blocks = shown.map { block(of: $0, most: most, width: width, graphics: graphics) }
        let rest = causes.dropFirst(shown.count)
        if !rest.isEmpty {
            var line = TerminalLine()
            line.append(String(rest.reduce(0) { $0 + $1.count }), endingAt: 8)
            line.pad(to: 17)
            line.append("… with \(FigureText.counted(rest.count, "other cause"))", .dim)
            blocks.append([line])
        }
        return [head] + blocks.joined(separator: [TerminalLine()])
    }

    private static func block(of group: CauseGroup, most: Int, width: Int, graphics: Bool) -> [TerminalLine] {
        var line = TerminalLine()
        line.append(String(group.count), endingAt: 8)
        line.append(String(group.virtualMachines), endingAt: 15)
        line.append("  ")
        if graphics {
            line.append(HorizontalBar.text(Double(group.count) / Double(most), columns: barWidth), .red)
            line.append("  ")
        }
        return line.followed(by: ReportWords.cause(group.cause), width: width, .bold) + errors(of: group, width: width)
            + ErrorExplanations.checks(of: group.cause, width: width)
    }

    private static func errors(of group: CauseGroup, width: Int) -> [TerminalLine] {
        var lines: [TerminalLine] = []
        for (index, error) in group.errors.prefix(fewestErrors).enumerated() {
            var line = ErrorExplanations.label(index == 0 ? "errors" : "")
            line.append("\(error.count) ", .dim)
            let text = ErrorTable.errorText(id: error.id, message: error.message)
            lines += line.followed(by: text, width: width, lines: 2)
        }
        let rest = group.errors.count - fewestErrors
        if rest > 0 {
            lines += ErrorExplanations.label("").followed(
                by: "… and \(FigureText.counted(rest, "more error"))", width: width, .dim)
        }
        return lines
    }
}

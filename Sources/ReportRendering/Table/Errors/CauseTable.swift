import GuestCustomization

/// The probable causes of failures, the most frequent first, each with its errors, what to check and the guest's logs.
enum CauseTable {
    /// Most causes have few errors; `--by error` shows all.
    private static let shownErrors = 3

    static func lines(of causes: [CauseGroup], width: Int, limit: Int?, graphics: Bool) -> [TerminalLine] {
        guard !causes.isEmpty else { return [] }
        let shown = causes.prefix(limit ?? .max)
        let table = ErrorTable.table(
            "Probable cause", of: shown, .bold, width: width, lines: .max, graphics: graphics)
        var blocks = zip(shown, table.rows).map { group, row in
            row + errors(of: group, width: width) + ErrorExplanations.checks(of: group.cause, width: width)
        }
        let rest = causes.dropFirst(shown.count)
        if !rest.isEmpty {
            var line = TerminalLine()
            line.append(String(rest.reduce(0) { $0 + $1.count }), endingAt: 8)
            line.pad(to: 17)
            line.append("… with \(FigureText.counted(rest.count, "other cause"))", .dim)
            blocks.append([line])
        }
        return [table.head] + blocks.joined(separator: [TerminalLine()])
    }

    private static func errors(of group: CauseGroup, width: Int) -> [TerminalLine] {
        var lines: [TerminalLine] = []
        for (index, error) in group.errors.prefix(shownErrors).enumerated() {
            var line = ErrorExplanations.label(index == 0 ? "errors" : "")
            line.append("\(error.count) ", .dim)
            lines += line.followed(by: error.words, width: width, lines: 2)
        }
        let rest = group.errors.count - shownErrors
        if rest > 0 {
            lines += ErrorExplanations.label("").followed(
                by: "… and \(FigureText.counted(rest, "more error"))", width: width, .dim)
        }
        return lines
    }
}

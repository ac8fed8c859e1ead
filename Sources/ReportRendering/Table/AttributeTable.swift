import GuestCustomization

/// What customized VMs are, in the table format: one line for each value, or for each suspect.
enum AttributeTable {
    /// Nobody reads more, unless they ask for them.
    private static let defaultLimit = 400

    static func values(
        of report: AttributeReport?, _ width: Int, _ limit: Int?, _ durations: DurationColumns, graphics: Bool
    ) -> [TerminalLine] {
        guard let report, let attribute = report.attribute else { return [] }
        return FiguresTable.lines(
            ofValues: report.values, of: attribute, width: width, limit: limit, durations, graphics: graphics)
    }

    /// - Parameter isQuiet: Whether nothing is said if there are none.
    static func suspects(
        of report: AttributeReport?, width: Int, limit: Int?, isQuiet: Bool = false
    ) -> [TerminalLine] {
        guard let report else { return [] }
        let margin = TerminalLine("  ")
        guard !report.suspects.isEmpty else {
            return isQuiet && report.attributed > 0
                ? [] : margin.followed(by: AttributeWords.nothing(of: report), width: width)
        }
        let shown = report.suspects.prefix(limit ?? defaultLimit)
        let table = Table<Suspect>(
            columns: [
                TableColumn("Chance", .right) { TableCell(AttributeWords.chance(of: $0)) },
                TableColumn("Suspect", lines: 3) { TableCell(AttributeWords.sentence(about: $0)) },
            ], items: Array(shown))
        let rest = report.suspects.count - shown.count
        return TableLayout(table, width: width).lines
            + (rest > 0 ? [TerminalLine("  … and \(FigureText.counted(rest, "more suspect"))", .dim)] : [])
            + margin.followed(by: AttributeWords.explanation(of: report), width: width, .dim)
    }
}

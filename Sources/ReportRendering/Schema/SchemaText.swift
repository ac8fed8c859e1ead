import GuestCustomization

/// A history's tables and views, for people at a terminal.
package struct SchemaText: Sendable {
    /// Maximum width of a line, in columns.
    package var width: Int
    /// Whether names are emphasised, by ANSI escape sequences.
    package var colors: Bool

    package init(width: Int = 100, colors: Bool = false) {
        self.width = width
        self.colors = colors
    }

    /// The whole text, ending with a line break.
    package func render(_ schema: HistorySchema) -> String {
        schema.objects.map(lines).rendered(width: width, colors: colors)
    }

    private func lines(of object: HistorySchema.Object) -> [TerminalLine] {
        var head = TerminalLine(object.name, .bold)
        head.append(" (\(object.kind.rawValue)): ")
        let names = object.columns.map(\.name.count).max() ?? 0
        return head.followed(by: object.description ?? SchemaWords.undocumented, width: width)
            + object.columns.flatMap { column in
                var line = TerminalLine("  " + column.name)
                line.pad(to: min(names, 28) + 4)
                line.append(column.type ?? "", .dim)
                line.pad(to: min(names, 28) + 13)
                return line.followed(by: column.description ?? SchemaWords.undocumented, width: width)
            }
    }
}

/// What several formats of the schema say.
enum SchemaWords {
    static let undocumented = "not documented"

    /// What each kind may be relied on for.
    static func heading(of kind: HistorySchema.Object.Kind) -> (title: String, text: String) {
        switch kind {
        case .publicView:
            (
                "Public views",
                "For auditors, scripts and dashboards: names and columns do not change. Times are text in UTC."
            )
        case .view: ("Other views", "Parts of the public views. They may change.")
        case .table:
            (
                "Tables",
                "The program's own. They may change. Times are milliseconds since 1970-01-01T00:00:00Z."
            )
        }
    }
}

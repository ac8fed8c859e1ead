import GuestCustomization

/// Why customizations failed: the most frequent errors first, as the table format shows them.
enum ErrorTable {
    /// Most failures have few causes; other formats and `--by error` show all errors.
    private static let summaryLimit = 5

    /// The few errors that matter most, shown above the rows of another breakdown.
    static func summary(of errors: [ErrorGroup], width: Int, graphics: Bool) -> [TerminalLine] {
        guard !errors.isEmpty else { return [] }
        let table = table("Error", of: errors.prefix(summaryLimit), width: width, lines: 2, graphics: graphics)
        let rest = errors.dropFirst(summaryLimit)
        let closing =
            rest.isEmpty
            ? remark("--by error shows probable causes and what to check", width: width)
            : remainder(rest, "; --by error shows all, with causes and what to check", width: width)
        return table.lines + closing
    }

    /// Each error with its probable cause, what to check and the guest's logs.
    static func explained(_ errors: [ErrorGroup], width: Int, limit: Int?, graphics: Bool) -> [TerminalLine] {
        guard !errors.isEmpty else { return [] }
        let shown = errors.prefix(limit ?? .max)
        var explanations = ErrorExplanations(width: width)
        let table = table("Error", of: shown, .bold, width: width, lines: 4, graphics: graphics)
        var blocks = zip(shown, table.rows).map { error, row in
            row + explanations.lines(of: error)
        }
        let rest = errors.dropFirst(shown.count)
        if !rest.isEmpty { blocks.append(remainder(rest, "", width: width)) }
        return [table.head] + blocks.joined(separator: [TerminalLine()])
    }

    /// A table of failures: how often, on how many VMs, and in the last column what happened.
    static func table<Group: FailureGroup>(
        _ title: String, of groups: ArraySlice<Group>, _ style: TerminalStyle = .plain, width: Int, lines: Int,
        graphics: Bool
    ) -> TableLayout<Group> {
        let most = Double(groups.map(\.count).max() ?? 1)
        let bar = TableColumn<Group>("") { .bar(Double($0.count) / most) }
        let columns =
            [
                TableColumn<Group>("Failed", .right) { "\($0.count)" },
                TableColumn<Group>("VMs", .right, minimumWidth: 5) { "\($0.virtualMachines)" },
            ] + (graphics ? [bar] : []) + [TableColumn<Group>(title, lines: lines) { TableCell($0.words, style) }]
        return TableLayout(Table(columns: columns, items: Array(groups)), width: width)
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

import GuestCustomization

/// Days or vCenters in the table format: one line for each.
enum FiguresTable {
    /// Nobody reads more days than this, unless they ask for them.
    private static let defaultLimit = 400

    static func lines(
        ofDays days: [DayReport], width: Int, limit: Int?, _ durations: DurationColumns, graphics: Bool
    ) -> [TerminalLine] {
        let rows = days.newest(limit ?? defaultLimit).map {
            Row(
                name: $0.date, figures: .init(figures: $0.figures, isWithoutData: $0.isWithoutData),
                isBeforeFirstRun: $0.isBeforeFirstRun)
        }
        return table("Day", rows, durations, graphics).lines(width, rest: days.count - rows.count, "earlier day")
    }

    static func lines(
        ofVCenters vCenters: [VCenterReport], width: Int, limit: Int?, _ durations: DurationColumns, graphics: Bool
    ) -> [TerminalLine] {
        let rows = vCenters.prefix(limit ?? defaultLimit).map {
            Row(name: $0.name, figures: .init(figures: $0.figures, isWithoutData: $0.isWithoutData))
        }
        return table("vCenter", rows, durations, graphics).lines(
            width, rest: vCenters.count - rows.count, "more vCenter")
    }

    static func lines(
        ofValues values: [AttributeValueReport], of attribute: VirtualMachineAttribute, width: Int, limit: Int?,
        _ durations: DurationColumns, graphics: Bool
    ) -> [TerminalLine] {
        let rows = values.prefix(limit ?? defaultLimit).map {
            Row(name: AttributeWords.value($0.value, of: attribute), figures: .init(figures: $0.figures))
        }
        return table(AttributeWords.title(of: attribute), rows, durations, graphics).lines(
            width, rest: values.count - rows.count, "more value")
    }

    private struct Row {
        var name: String
        var figures: FigureColumns.Item
        var isBeforeFirstRun = false

        var remark: String {
            if figures.isWithoutData { return "no data" }
            let unfinished = ReportWords.unfinished(figures.figures)
            guard isBeforeFirstRun else { return unfinished }
            return unfinished.isEmpty ? "before the first run" : "before the first run; \(unfinished)"
        }
    }

    private static func table(
        _ title: String, _ rows: [Row], _ durations: DurationColumns, _ graphics: Bool
    ) -> Table<Row> {
        let showsIntervals = rows.contains { ReportWords.interval(of: $0.figures.figures) != nil }
        let name = TableColumn<Row>(title, maximumWidth: 30) { TableCell($0.name) }
        // On a narrow terminal the remarks matter more than the bars, and the figures more than both.
        let bar = TableColumn<Row>("", whenNarrow: [Narrowing(1, .shorten(to: 4)), Narrowing(2, .drop)]) {
            .bar($0.figures.isWithoutData ? nil : $0.figures.figures.failureRate)
        }
        let remark = TableColumn<Row>("", whenNarrow: [Narrowing(3, .shorten(to: 8))]) { TableCell($0.remark, .dim) }
        return Table(
            columns: [name] + FigureColumns.all(durations, showsIntervals: showsIntervals).map { $0.of(\.figures) }
                + (graphics ? [bar] : []) + [remark], items: rows)
    }
}

extension Table {
    /// The rows, and how many more there are.
    fileprivate func lines(_ width: Int, rest: Int, _ noun: String) -> [TerminalLine] {
        TableLayout(self, width: width).lines
            + (rest > 0 ? [TerminalLine("  … and \(FigureText.counted(rest, noun))", .dim)] : [])
    }
}

import GuestCustomization

/// Days or vCenters in the table format: one line for each.
struct FiguresTable {
    let lines: [TerminalLine]

    private static let longestName = 30
    private static let barWidth = 10
    /// Nobody reads a page of days, unless it is asked for.
    private static let automaticLimit = 400

    init(days: [DayReport], limit: Int?, durations: DurationColumns, graphics: Bool) {
        let rows = days.map { Row(name: $0.date, figures: $0.figures, isWithoutData: $0.isWithoutData) }
        self.init("DAY", "day", rows, limit, durations, graphics)
    }

    init(vCenters: [VCenterReport], limit: Int?, durations: DurationColumns, graphics: Bool) {
        let rows = vCenters.map {
            Row(name: $0.name, figures: $0.figures, isWithoutData: $0.goodRuns == 0 && $0.figures.customizations == 0)
        }
        self.init("VCENTER", "vCenter", rows, limit, durations, graphics)
    }

    private struct Row {
        var name: String
        var figures: CustomizationFigures
        var isWithoutData: Bool
    }

    private init(
        _ head: String, _ noun: String, _ rows: [Row], _ limit: Int?, _ durations: DurationColumns, _ graphics: Bool
    ) {
        guard !rows.isEmpty else {
            lines = []
            return
        }
        let shown = rows.prefix(limit ?? Self.automaticLimit)
        let tellsIntervals = shown.contains { ReportWords.interval(of: $0.figures) != nil }
        let heads = ["COUNT", "FAILED", "RATE"] + (tellsIntervals ? ["LIKELY"] : []) + durations.heads
        let cells = shown.map { row in
            let figures = row.figures
            return [
                String(figures.customizations), String(figures.failed), FigureText.percent(figures.failureRate),
            ] + (tellsIntervals ? [ReportWords.interval(of: figures) ?? ""] : []) + durations.cells(figures.durations)
        }
        let widths = heads.indices.map { column in cells.reduce(heads[column].count) { max($0, $1[column].count) } }
        let names = shown.map { TerminalText($0.name, upTo: 200).truncatedInMiddle(to: Self.longestName) }
        let nameWidth = names.reduce(head.count) { max($0, $1.width) }

        var title = TerminalLine("  " + head, .dim)
        var column = 2 + nameWidth
        for (head, width) in zip(heads, widths) {
            column += 2 + width
            title.append(head, endingAt: column, .dim)
        }
        var lines = [title]
        for ((row, name), cells) in zip(zip(shown, names), cells) {
            var line = TerminalLine("  ")
            line.append(name)
            if row.isWithoutData {
                line.pad(to: 2 + nameWidth + 2)
                line.append("no data", .dim)
                lines.append(line)
                continue
            }
            var column = 2 + nameWidth
            for (cell, width) in zip(cells, widths) {
                column += 2 + width
                line.append(cell, endingAt: column)
            }
            if graphics, let rate = row.figures.failureRate {
                line.append("  ")
                line.append(HorizontalBar.text(rate, columns: Self.barWidth), .red)
            }
            let open = ReportWords.unfinished(row.figures)
            if !open.isEmpty { line.append("  " + open, .dim) }
            lines.append(line)
        }
        let rest = rows.count - shown.count
        if rest > 0 { lines.append(TerminalLine("  … and \(FigureText.counted(rest, "more " + noun))", .dim)) }
        self.lines = lines
    }
}

/// Which figures of the durations a table has columns for.
enum DurationColumns: Sendable {
    case few
    case all

    var heads: [String] {
        switch self {
        case .few: ["P50", "P95"]
        case .all: ["P50", "P90", "P95", "P99", "MAX"]
        }
    }

    func cells(_ durations: DurationStatistics?) -> [String] {
        let figures: [Double?] =
            switch self {
            case .few: [durations?.p50, durations?.p95]
            case .all: [durations?.p50, durations?.p90, durations?.p95, durations?.p99, durations?.maximum]
            }
        return figures.map(FigureText.duration)
    }
}

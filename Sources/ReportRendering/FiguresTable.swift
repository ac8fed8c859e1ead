import GuestCustomization

/// Days or vCenters in the table format: one line for each.
struct FiguresTable {
    let lines: [TerminalLine]

    private static let longestName = 30
    private static let (smallestBarWidth, largestBarWidth) = (4, 10)
    /// Nobody reads a page of days, unless it is asked for.
    private static let automaticLimit = 400

    init(days: [DayReport], width: Int, limit: Int?, durations: DurationColumns, graphics: Bool) {
        let rows = days.newest(limit ?? Self.automaticLimit).map {
            Row(
                name: $0.date, figures: $0.figures, isWithoutData: $0.isWithoutData,
                isBeforeFirstRun: $0.isBeforeFirstRun)
        }
        self.init("DAY", rows, rest: days.count - rows.count, "earlier day", width, durations, graphics)
    }

    init(vCenters: [VCenterReport], width: Int, limit: Int?, durations: DurationColumns, graphics: Bool) {
        let rows = vCenters.prefix(limit ?? Self.automaticLimit).map {
            Row(name: $0.name, figures: $0.figures, isWithoutData: $0.isWithoutData)
        }
        self.init("VCENTER", rows, rest: vCenters.count - rows.count, "more vCenter", width, durations, graphics)
    }

    private struct Row {
        var name: String
        var figures: CustomizationFigures
        var isWithoutData: Bool
        var isBeforeFirstRun = false

        var remark: String {
            if isWithoutData { return "no data" }
            let unfinished = ReportWords.unfinished(figures)
            guard isBeforeFirstRun else { return unfinished }
            return unfinished.isEmpty ? "before the first run" : "before the first run; \(unfinished)"
        }
    }

    private init(
        _ head: String, _ shown: [Row], rest: Int, _ noun: String, _ width: Int, _ durations: DurationColumns,
        _ graphics: Bool
    ) {
        guard !shown.isEmpty else {
            lines = []
            return
        }
        let tellsIntervals = shown.contains { ReportWords.interval(of: $0.figures) != nil }
        var heads = ["COUNT", "FAILED", "RATE"] + (tellsIntervals ? ["LIKELY"] : []) + durations.heads
        let cells = shown.map { row in
            let figures = row.figures
            if row.isWithoutData {
                return [FigureText.none, FigureText.none, FigureText.none] + (tellsIntervals ? [""] : [])
                    + durations.heads.map { _ in FigureText.none }
            }
            return [
                String(figures.customizations), String(figures.failed), FigureText.percent(figures.failureRate),
            ] + (tellsIntervals ? [ReportWords.interval(of: figures) ?? ""] : []) + durations.cells(figures.durations)
        }
        var widths = heads.indices.map { column in cells.reduce(heads[column].count) { max($0, $1[column].count) } }
        let names = shown.map { TerminalText($0.name, upTo: 200).truncatedInMiddle(to: Self.longestName) }
        let nameWidth = names.reduce(head.count) { max($0, $1.width) }
        // Where there is no room for all columns, the longest durations go first.
        while heads.count > 3, 2 + nameWidth + widths.reduce(0, { $0 + 2 + $1 }) > width {
            heads.removeLast()
            widths.removeLast()
        }

        let remarks = shown.map(\.remark)
        let longestRemark = remarks.reduce(0) { max($0, $1.count) }
        let numbersWidth = 2 + nameWidth + widths.reduce(0) { $0 + 2 + $1 }
        // On a narrow terminal the remarks are worth more than the bars.
        let room = width - numbersWidth - 2 - (longestRemark > 0 ? 2 + longestRemark : 0)
        let barWidth = graphics && room >= Self.smallestBarWidth ? min(room, Self.largestBarWidth) : 0

        var title = TerminalLine("  " + head, .dim)
        var column = 2 + nameWidth
        for (head, width) in zip(heads, widths) {
            column += 2 + width
            title.append(head, endingAt: column, .dim)
        }
        var lines = [title]
        for ((row, name), (cells, remark)) in zip(zip(shown, names), zip(cells, remarks)) {
            var line = TerminalLine("  ")
            line.append(name)
            var column = 2 + nameWidth
            for (cell, width) in zip(cells, widths) {
                column += 2 + width
                line.append(cell, endingAt: column)
            }
            if barWidth > 0, let rate = row.figures.failureRate {
                line.append("  ")
                line.append(HorizontalBar.text(rate, columns: barWidth), .red)
            }
            if !remark.isEmpty { line.append("  " + remark, .dim) }
            lines.append(line)
        }
        if rest > 0 { lines.append(TerminalLine("  … and \(FigureText.counted(rest, noun))", .dim)) }
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

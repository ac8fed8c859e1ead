import GuestCustomization

/// The part above the rows in the table format: the window, the figures of all its customizations, and the warnings.
enum ReportSummary {
    static func heading(of report: Report, _ times: LocalTimeFormat, width: Int) -> [TerminalLine] {
        var line = TerminalLine("Guest customizations", .bold)
        line.append(", \(times.window(report.window))")
        line.append(" (\(FigureText.duration(report.window.until.seconds(since: report.window.since))))", .dim)
        guard let filter = ReportWords.filter(of: report) else { return line.asHeading(width: width) }
        return line.asHeading(width: width) + TerminalLine("  ").followed(by: filter, width: width, lines: 3)
    }

    static func figures(
        of report: Report, _ times: LocalTimeFormat, width: Int, graphics: Bool
    ) -> [TerminalLine] {
        let rows = rows(of: report, times)
        let labelWidth = rows.map { $0.label.count }.max() ?? 0
        let valueWidth = rows.map { $0.value.count }.max() ?? 0
        var lines = rows.flatMap { row in
            var line = TerminalLine("  ")
            line.append(row.label, .dim)
            line.append(row.value, endingAt: 2 + labelWidth + 2 + valueWidth, .bold)
            if row.note.isEmpty { return [line] }
            line.append("  ")
            return line.followed(by: row.note, width: width)
        }
        if graphics, let trend = TrendLine(report.days, columns: width - labelWidth - valueWidth - 6) {
            var line = TerminalLine("  ")
            line.append("failures", .dim)
            line.pad(to: 2 + labelWidth + 2 + valueWidth + 2)
            line.append(trend.text, .red)
            lines.append(line)
            line = TerminalLine()
            line.pad(to: 2 + labelWidth + 2 + valueWidth + 2)
            lines += line.followed(by: trend.legend, width: width, .dim)
        }
        return lines
    }

    /// What the window's figures are called, the figures, and what belongs to each; a label may be empty.
    static func rows(of report: Report, _ times: LocalTimeFormat) -> [(label: String, value: String, note: String)] {
        var rows: [(label: String, value: String, note: String)] = []
        if report.summary.customizations == 0 {
            rows.append(("customizations", "0", "none ended or was under way in this window"))
        } else {
            rows += figures(of: report)
        }
        if let comparison = report.comparison { rows.append(before(comparison, of: report, times)) }
        return rows + collection(report.coverage, times)
    }

    private static func figures(of report: Report) -> [(label: String, value: String, note: String)] {
        let summary = report.summary
        let stuck = "\(summary.stuck) stuck (over \(FigureText.duration(report.stuckAfterSeconds)))"
        let duration = summary.durations.map { durations in
            "median; p95 \(FigureText.duration(durations.p95)), longest \(FigureText.duration(durations.maximum))"
        }
        return [
            ("failure rate", FigureText.percent(summary.failureRate), ReportWords.failuresAndLikelyRate(of: summary)),
            (
                "customizations", String(summary.customizations),
                ReportWords.outcomes(in: report) + (summary.stuck > 0 ? "; \(stuck)" : "")
            ),
            (
                "virtual machines", String(report.virtualMachines.count),
                ReportWords.conditions(of: report.virtualMachines)
            ),
            ("duration", FigureText.duration(summary.durations?.p50), duration ?? "none known"),
        ]
    }

    private static func before(
        _ comparison: ReportComparison, of report: Report, _ times: LocalTimeFormat
    ) -> (label: String, value: String, note: String) {
        let summary = comparison.summary
        let durations = summary.durations.map {
            ", median \(FigureText.duration($0.p50)), p95 \(FigureText.duration($0.p95))"
        }
        let verdict = ReportWords.verdict(on: comparison, of: report)
        return (
            "window before", FigureText.percent(summary.failureRate),
            "\(ReportWords.failures(of: summary))\(durations ?? "") (\(times.window(comparison.window))): \(verdict)"
        )
    }

    private static func collection(
        _ coverage: ReportCoverage, _ times: LocalTimeFormat
    ) -> [(label: String, value: String, note: String)] {
        var rows = [("collection runs", String(coverage.runs), ReportWords.runs(coverage))]
        if let last = coverage.lastGoodPollAt {
            let gap = ReportWords.longestGap(of: coverage).map { "; " + $0 }
            rows.append(("", "", "last good poll \(times.minute(last))" + (gap ?? "")))
        }
        return rows
    }

    static func warnings(of report: Report, width: Int) -> [TerminalLine] {
        ReportWarnings.of(report).flatMap { TerminalLine("! ", .yellow).followed(by: $0, width: width) }
    }
}

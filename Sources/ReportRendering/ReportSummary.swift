import GuestCustomization

/// What comes before the VMs in the table format: the window, the figures of all its customizations, and what is doubtful.
enum ReportSummary {
    static func heading(of report: Report, _ times: LocalTimeFormat) -> TerminalLine {
        let window = report.window
        let (since, until) = (times.zone(at: window.since), times.zone(at: window.until))
        var line = TerminalLine("Guest customizations", .bold)
        line.append(
            ", \(times.dateAndTime(window.since))\(since == until ? "" : " " + since) to "
                + times.dateTimeAndZone(window.until))
        line.append(" (\(FigureText.duration(window.until.seconds(since: window.since))))", .dim)
        return line
    }

    static func figures(of report: Report, _ times: LocalTimeFormat, width: Int) -> [TerminalLine] {
        var rows: [(label: String, value: String, note: String)] = []
        if report.summary.customizations == 0 {
            rows.append(("customizations", "0", "none ended or was under way in this window"))
        } else {
            rows += figures(of: report)
        }
        rows += collection(report.coverage, times)

        let labelWidth = rows.map { $0.label.count }.max() ?? 0
        let valueWidth = rows.map { $0.value.count }.max() ?? 0
        return rows.flatMap { row in
            var line = TerminalLine("  ")
            line.append(row.label, .dim)
            line.append(row.value, endingAt: 2 + labelWidth + 2 + valueWidth, .bold)
            if row.note.isEmpty { return [line] }
            line.append("  ")
            return line.followed(by: row.note, width: width)
        }
    }

    private static func figures(of report: Report) -> [(label: String, value: String, note: String)] {
        let summary = report.summary
        let rate =
            summary.failureRate == nil ? "none finished" : "\(summary.failed) failed of \(summary.finished) finished"
        let stuck = "\(summary.stuck) stuck (over \(FigureText.duration(report.stuckAfterSeconds)))"
        let outcomes = nonZero([
            (summary.succeeded, "succeeded"), (summary.failed, "failed"), (summary.running, "running"),
            (summary.pending, "pending"), (summary.lost, "lost"), (summary.other, "other"),
        ])
        let duration = summary.durations.map { durations in
            "median; p95 \(FigureText.duration(durations.p95)), longest \(FigureText.duration(durations.maximum))"
        }
        let conditions = Dictionary(grouping: report.virtualMachines, by: \.condition).mapValues(\.count)
        return [
            ("failure rate", FigureText.percent(summary.failureRate), rate),
            ("customizations", String(summary.customizations), outcomes + (summary.stuck > 0 ? "; \(stuck)" : "")),
            ("virtual machines", String(report.virtualMachines.count), words(of: conditions)),
            ("duration", FigureText.duration(summary.durations?.p50), duration ?? "none known"),
        ]
    }

    private static func collection(
        _ coverage: ReportCoverage, _ times: LocalTimeFormat
    ) -> [(label: String, value: String, note: String)] {
        let ended = coverage.complete + coverage.partial + coverage.failed + coverage.interrupted
        let outcomes = nonZero([
            (coverage.complete, "complete"), (coverage.partial, "partial"), (coverage.failed, "failed"),
            (coverage.interrupted, "interrupted"), (coverage.runs - ended, "not ended"),
        ])
        var rows = [("collection runs", String(coverage.runs), outcomes)]
        if let last = coverage.lastGoodPollAt {
            let gap = coverage.longestGapSeconds.map { "; at most \(FigureText.duration($0)) between runs" }
            rows.append(("", "", "last good poll \(times.minute(last))" + (gap ?? "")))
        }
        return rows
    }

    /// `2 failing, 1 stuck, 40 ok`
    static func words(of conditions: [VirtualMachineReport.Condition: Int]) -> String {
        nonZero(VirtualMachineReport.Condition.allCases.map { (conditions[$0] ?? 0, $0.word) })
    }

    private static func nonZero(_ counts: [(count: Int, word: String)]) -> String {
        counts.filter { $0.count > 0 }.map { "\($0.count) \($0.word)" }.joined(separator: ", ")
    }

    /// One warning for each thing that the figures cannot know, or that makes them doubtful.
    static func warnings(of report: Report, width: Int) -> [TerminalLine] {
        let coverage = report.coverage
        var warnings: [String] = []
        if coverage.runs == 0 {
            warnings.append("No collection run began in this window: what happened in it is not known.")
        }
        if coverage.failed + coverage.interrupted > 0 {
            let runs = nonZero([(coverage.failed, "failed"), (coverage.interrupted, "interrupted")])
            warnings.append("Collection runs: \(runs). What they did not poll may be missing here.")
        }
        if let silence = silence(before: report) {
            warnings.append("No good poll in the last \(FigureText.duration(silence)) of this window.")
        }
        if coverage.virtualMachinesWithoutData > 0 {
            let vms = FigureText.counted(coverage.virtualMachinesWithoutData, "VM")
            warnings.append("No data on \(vms): no poll of them was good in this window.")
        }
        if report.summary.clockFaults > 0 {
            let faults = FigureText.counted(report.summary.clockFaults, "customization")
            warnings.append(
                "Clock fault: \(faults) ended before it began, by vCenter's clock, and has no duration here.")
        }
        return warnings.flatMap { TerminalLine("! ", .yellow).followed(by: $0, width: width) }
    }

    /// Seconds without a good poll at the window's end, if that is out of the ordinary: more than twice the longest time
    /// between runs, or a day where that is not known.
    private static func silence(before report: Report) -> Double? {
        guard let last = report.coverage.lastGoodPollAt else { return nil }
        let silence = min(report.window.until, report.generatedAt).seconds(since: last)
        return silence > (report.coverage.longestGapSeconds.map { 2 * $0 } ?? 86_400) ? silence : nil
    }
}

extension VirtualMachineReport.Condition {
    /// As it is said of a number of VMs.
    fileprivate var word: String {
        switch self {
        case .failing: "failing"
        case .stuck: "stuck"
        case .recovered: "recovered"
        case .unclear: "unclear"
        case .underWay: "under way"
        case .sound: "ok"
        }
    }
}

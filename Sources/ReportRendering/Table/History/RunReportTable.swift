import GuestCustomization

/// The collection runs of a window as a table for terminals, the newest first.
package struct RunReportTable: Sendable {
    /// Width, colours and time zone.
    package var format: TableFormat

    package init(_ format: TableFormat) {
        self.format = format
    }

    /// The whole text, ending with a line break.
    package func render(_ report: RunReport) -> String {
        let times = LocalTimeFormat(format.timeZone)
        let warnings =
            ReportWarnings.notWatched(report.coverage, in: report.window, times)
            + (report.coverage.pruned.map {
                [ReportWarnings.words(of: $0, times) + "; the figures of the runs are kept."]
            } ?? [])
        let blocks = [
            heading(of: report, times).asHeading(width: format.width), summary(of: report.coverage, times),
            warnings.flatMap { TerminalLine("! ", .yellow).followed(by: $0, width: format.width) },
            runs(of: report, times),
        ]
        return blocks.rendered(width: format.width, colors: format.colors)
    }

    private func heading(of report: RunReport, _ times: LocalTimeFormat) -> TerminalLine {
        let window = report.window
        var line = TerminalLine("Collection runs", .bold)
        line.append(", " + times.window(window))
        line.append(" (\(FigureText.duration(window.until.seconds(since: window.since))))", .dim)
        return line
    }

    private func summary(of coverage: ReportCoverage, _ times: LocalTimeFormat) -> [TerminalLine] {
        guard coverage.runs > 0 else { return [TerminalLine("  none began in this window")] }
        let good = [
            ReportWords.longestGap(of: coverage),
            coverage.lastGoodPollAt.map { "last good poll \(times.minute($0))" } ?? "no good poll yet",
        ].compactMap(\.self).joined(separator: "; ")
        let runs = "\(FigureText.counted(coverage.runs, "run")): \(ReportWords.runs(coverage))"
        return TerminalLine("  ").followed(by: runs, width: format.width)
            + TerminalLine("  ").followed(by: good, width: format.width, .dim)
    }

    private func runs(of report: RunReport, _ times: LocalTimeFormat) -> [TerminalLine] {
        var lines = TableLayout(table(of: report, times), width: format.width).lines
        if !lines.isEmpty {
            let about = "GAP: since the start of the previous good run, one with a status from at least one VM"
            if report.olderRuns > 0 {
                lines.append(
                    TerminalLine(
                        "  … and \(FigureText.counted(report.olderRuns, "older run")); --limit shows more", .dim))
            }
            lines += TerminalLine("  ").followed(by: about, width: format.width, .dim)
        }
        return lines
    }

    private func table(of report: RunReport, _ times: LocalTimeFormat) -> Table<RecordedRun> {
        typealias Column = TableColumn<RecordedRun>
        let columns = [
            Column("Run", .right) { "\($0.id.rawValue)" },
            Column("Started") { TableCell(times.minute($0.startedAt)) },
            Column("Outcome") { TableCell($0.outcome.rawValue) },
            Column("Polls", .right) {
                guard $0.endpoint != .events else { return TableCell(FigureText.none) }
                return $0.polls == $0.virtualMachines ? "\($0.polls)" : "\($0.polls)/\($0.virtualMachines)"
            },
            Column("Took", .right, whenNarrow: [Narrowing(2, .drop)]) {
                TableCell(FigureText.duration($0.durationSeconds))
            },
            Column("Polls/s", .right, whenNarrow: [Narrowing(1, .drop)]) {
                TableCell(FigureText.speed($0.pollsPerSecond))
            },
            Column("Gap", .right) { TableCell(FigureText.duration($0.secondsSinceGoodRun)) },
        ]
        // Only those that differ from run to run; below each run if the terminal has no room for a column.
        let sources = [
            Set(report.runs.map(\.endpoint)).count < 2
                ? nil : Column("Endpoint", whenNarrow: [Narrowing(3, .moveBelow)]) { TableCell($0.endpoint.rawValue) },
            Set(report.runs.map(\.vCenter)).count < 2
                ? nil
                : Column("vCenter", maximumWidth: 40, whenNarrow: [Narrowing(3, .moveBelow)]) {
                    TableCell($0.vCenter)
                },
        ].compactMap(\.self)
        return Table(columns: columns + sources, items: report.runs, mark: { $0.outcome.mark }) { run, moved in
            let source = sources.reversed().filter { moved.contains($0.title) }.map { $0.cell(run).text }
            return (source.isEmpty ? [] : [source.joined(separator: ", ")])
                + Self.details(of: run, now: report.generatedAt)
        }
    }

    /// In seconds. HTTP dates are whole seconds, and the answer takes time to arrive.
    private static let reportedClockOffset = 2.0

    private static func details(of run: RecordedRun, now: Timestamp) -> [String] {
        var details: [String] = []
        if run.startedAt > now { details.append("stamped later than now: this machine's clock was wrong") }
        if run.endpoint == .events { details.append(FigureText.counted(run.events, "event")) }
        if let failure = run.failure { details.append(failure) }
        if let offset = run.clockOffsetSeconds, abs(offset) > reportedClockOffset {
            details.append(
                "the vCenter's clock is \(FigureText.duration(abs(offset))) \(offset > 0 ? "ahead" : "behind")")
        }
        if let step = run.clockStep { details.append(ClockWords.step(step)) }
        if let commonest = run.commonestFailure {
            let what = commonest.reason.map { "\(commonest.result.rawValue): \($0)" } ?? commonest.result.rawValue
            details.append(
                run.failedPolls == commonest.count
                    ? "\(run.failedPolls) without an answer, \(what)"
                    : "\(run.failedPolls) without an answer, \(commonest.count) of them \(what)")
        }
        return details
    }
}

extension FigureText {
    /// Polls per second: `0.5`, `41`.
    fileprivate static func speed(_ perSecond: Double?) -> String {
        guard let perSecond else { return none }
        if perSecond >= 10 { return String(Int(min(perSecond, 1e9).rounded())) }
        let tenths = Int((perSecond * 10).rounded())
        return tenths == 0 ? "<0.1" : "\(tenths / 10).\(tenths % 10)"
    }
}

extension CollectionRunOutcome {
    fileprivate var mark: TableMark {
        switch self {
        case .complete: ("✓", .green)
        case .partial: ("~", .yellow)
        case .failed: ("✗", .red)
        case .interrupted: ("!", .yellow)
        case .running: ("·", .dim)
        }
    }
}

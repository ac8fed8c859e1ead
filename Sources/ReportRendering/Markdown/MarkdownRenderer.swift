import GuestCustomization

/// A report as Markdown for a ticket or a chat, in GitHub's dialect, which most programs understand.
///
/// Texts from VMs and guests are escaped: they create no table cell, link, mention, reference or HTML.
package struct MarkdownRenderer: Sendable {
    /// What each row stands for.
    package var breakdown: ReportBreakdown
    /// Maximum number of rows; `nil`: 50, which fits in a ticket.
    package var limit: Int?

    /// A ticket's text has a maximum length (65,536 characters on GitHub).
    private static let defaultLimit = 50

    package init(by breakdown: ReportBreakdown = .vm, limit: Int? = nil) {
        self.breakdown = breakdown
        self.limit = limit
    }

    /// The whole text, ending with a line break.
    package func render(_ report: Report) -> String {
        let times = LocalTimeFormat(report.timeZone)
        let tables = MarkdownTables(limit: limit ?? Self.defaultLimit)
        var blocks = ["## Guest customizations", times.window(report.window) + "  "]
        if let filter = ReportWords.filter(of: report) { blocks[1] += "\n" + MarkdownText.escaped(filter) }
        blocks.append(summary(of: report, times))
        let warnings = ReportWarnings.of(report)
        if !warnings.isEmpty {
            blocks.append(warnings.map { "> **!** \(MarkdownText.escaped($0))" }.joined(separator: "\n>\n"))
        }
        switch breakdown {
        case .vm:
            if !report.listedErrors.isEmpty { blocks += ["### Errors", tables.errors(of: report)] }
            if !report.listedVirtualMachines.isEmpty {
                blocks += ["### Virtual machines", tables.virtualMachines(of: report, times)]
            }
        case .error:
            if !report.listedErrors.isEmpty {
                blocks += ["### Errors", tables.errors(of: report), "### What to check", checks(of: report)]
            }
        case .cause:
            if !report.listedErrors.isEmpty {
                blocks += ["### Probable causes", tables.causes(of: report), "### What to check", checks(of: report)]
            }
        case .day: blocks += ["### Days", tables.days(of: report)]
        case .vCenter:
            if !report.vCenters.isEmpty { blocks += ["### vCenters", tables.vCenters(of: report)] }
        case .guestOS, .host, .cluster, .folder, .datacenter, .template, .tools, .suspect:
            if let attributes = report.attributes { blocks += tables.attributes(attributes) }
        }
        return blocks.map { $0.trimmingTrailingSpaces + "\n" }.joined(separator: "\n")
    }

    private func summary(of report: Report, _ times: LocalTimeFormat) -> String {
        let summary = report.summary
        var rows = [
            [
                "Failure rate", "**\(FigureText.percent(summary.failureRate))**",
                ReportWords.failuresAndLikelyRate(of: summary),
            ]
        ]
        if let comparison = report.comparison {
            let before = comparison.summary
            rows.append([
                "Window before", FigureText.percent(before.failureRate),
                "\(ReportWords.failures(of: before)): \(ReportWords.verdict(on: comparison, of: report))",
            ])
        }
        rows += [
            ["Customizations", String(summary.customizations), ReportWords.outcomes(in: report)],
            [
                "Virtual machines", String(report.virtualMachines.count),
                ReportWords.conditions(of: report.virtualMachines),
            ],
            [
                "Duration", FigureText.duration(summary.durations?.p50),
                summary.durations.map {
                    "median; p90 \(FigureText.duration($0.p90)), p95 \(FigureText.duration($0.p95)), p99 "
                        + "\(FigureText.duration($0.p99)), longest \(FigureText.duration($0.maximum))"
                } ?? "none known",
            ],
            [
                "Collection runs", String(report.coverage.runs),
                ReportWords.runs(report.coverage)
                    + (report.coverage.lastGoodPollAt.map { "; last good poll \(times.minute($0))" } ?? ""),
            ],
        ]
        if summary.stuck > 0 {
            rows.append([
                "Stuck", String(summary.stuck),
                "running or pending for over \(FigureText.duration(report.stuckAfterSeconds))",
            ])
        }
        return Table<[String]>(
            columns: [
                TableColumn("") { "\($0[0])" }, TableColumn("", .right) { .markdown($0[1]) },
                TableColumn("") { "\($0[2])" },
            ], items: rows
        ).markdown
    }

    /// What to check and which logs to read, once for each cause of the errors shown.
    private func checks(of report: Report) -> String {
        var explained: Set<FailureCause?> = []
        let limit = limit ?? Self.defaultLimit
        let shown =
            breakdown == .cause
            ? report.listedCauses.prefix(limit).map(\.cause) : report.listedErrors.prefix(limit).map(\.cause)
        let causes = shown.filter { explained.insert($0).inserted }
        return causes.map { cause in
            let logs = cause.logs.map { "`\($0.path)`" }.joined(separator: ", ")
            let points =
                (cause?.checks ?? []).map { MarkdownText.own($0) }
                + (logs.isEmpty ? [] : ["Logs in the guest: \(logs)"])
            return "**\(cause?.name ?? "unknown")**\n\n" + points.map { "- \($0)" }.joined(separator: "\n")
        }.joined(separator: "\n\n")
    }
}

extension String {
    fileprivate var trimmingTrailingSpaces: String {
        var text = self[...]
        while text.last == " " { text.removeLast() }
        return String(text)
    }
}

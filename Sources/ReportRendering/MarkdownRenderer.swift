import GuestCustomization

/// A report as Markdown for a ticket or a chat, in GitHub's flavour, which most others read.
///
/// What VMs and guests say is shown as it is: it makes no table cell, link, mention, reference or HTML.
public struct MarkdownRenderer: Sendable {
    public var breakdown: ReportBreakdown
    /// How many rows at most; `nil`: 50, what a ticket can take.
    public var limit: Int?

    /// A ticket's whole text is bounded (65,536 characters on GitHub).
    private static let automaticLimit = 50
    private static let longestMessage = 300
    private static let longestName = 120

    public init(by breakdown: ReportBreakdown = .vm, limit: Int? = nil) {
        self.breakdown = breakdown
        self.limit = limit
    }

    public func render(_ report: Report) -> String {
        let times = LocalTimeFormat(report.timeZone)
        var blocks = ["## Guest customizations", times.window(report.window) + "  "]
        if let filter = ReportWords.filter(of: report) { blocks[1] += "\n" + Self.escaped(filter) }
        blocks.append(summary(of: report, times))
        let warnings = ReportWarnings.of(report)
        if !warnings.isEmpty {
            blocks.append(warnings.map { "> **!** \(Self.escaped($0))" }.joined(separator: "\n>\n"))
        }
        switch breakdown {
        case .vm:
            if !report.listedErrors.isEmpty { blocks += ["### Errors", errors(of: report)] }
            if !report.listedVirtualMachines.isEmpty {
                blocks += ["### Virtual machines", virtualMachines(of: report, times)]
            }
        case .error:
            if !report.listedErrors.isEmpty {
                blocks += ["### Errors", errors(of: report), "### What to check", checks(of: report)]
            }
        case .cause:
            if !report.listedErrors.isEmpty {
                blocks += ["### Probable causes", causes(of: report), "### What to check", checks(of: report)]
            }
        case .day:
            let days = report.days.newest(limit ?? Self.automaticLimit)
            let rows = days.map { ($0.date, $0.figures, $0.isWithoutData) }
            blocks += ["### Days", figures("Day", rows, rest: report.days.count - rows.count, "earlier day")]
        case .vCenter:
            let rows = report.vCenters.prefix(limit ?? Self.automaticLimit).map {
                ($0.name, $0.figures, $0.isWithoutData)
            }
            if !rows.isEmpty {
                blocks += [
                    "### vCenters",
                    figures("vCenter", rows, rest: report.vCenters.count - rows.count, "more vCenter"),
                ]
            }
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
            ["Customizations", String(summary.customizations), ReportWords.outcomes(summary)],
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
        return Self.table(["", "", ""], alignedRight: [1], rows)
    }

    private func errors(of report: Report) -> String {
        let rows = report.listedErrors.prefix(limit ?? Self.automaticLimit).map { group in
            [
                String(group.count), String(group.virtualMachines),
                Self.escaped(ErrorTable.errorText(id: group.id, message: group.message), upTo: Self.longestMessage),
                Self.own(ReportWords.cause(group.cause)),
            ]
        }
        return Self.table(["Failed", "VMs", "Error", "Probable cause"], alignedRight: [0, 1], rows)
            + rest(report.listedErrors.count - rows.count, "more error")
    }

    private func causes(of report: Report) -> String {
        let rows = report.listedCauses.prefix(limit ?? Self.automaticLimit).map { group in
            [
                String(group.count), String(group.virtualMachines), String(group.errors.count),
                Self.own(ReportWords.cause(group.cause)),
            ]
        }
        return Self.table(["Failed", "VMs", "Errors", "Probable cause"], alignedRight: [0, 1, 2], rows)
            + rest(report.listedCauses.count - rows.count, "more cause")
    }

    /// What to check and which logs to read, once for each cause of the errors that are shown.
    private func checks(of report: Report) -> String {
        var told: Set<FailureCause?> = []
        let limit = limit ?? Self.automaticLimit
        let shown =
            breakdown == .cause
            ? report.listedCauses.prefix(limit).map(\.cause) : report.listedErrors.prefix(limit).map(\.cause)
        let causes = shown.filter { told.insert($0).inserted }
        return causes.map { cause in
            let logs = cause.logs.map { "`\($0.path)`" }.joined(separator: ", ")
            let points =
                (cause?.checks ?? []).map { Self.own($0) } + (logs.isEmpty ? [] : ["Logs in the guest: \(logs)"])
            return "**\(cause?.name ?? "unknown")**\n\n" + points.map { "- \($0)" }.joined(separator: "\n")
        }.joined(separator: "\n\n")
    }

    private func virtualMachines(of report: Report, _ times: LocalTimeFormat) -> String {
        let shown = report.listedVirtualMachines.prefix(limit ?? Self.automaticLimit)
        let tellsVCenter = report.vCenters.count > 1
        let rows = shown.map { vm in
            let error = vm.matchedError ?? vm.latestError
            let since = vm.stuckSince.map { "stuck since \(times.minute($0))" }
            let failed = error.map { error in
                times.minute(error.failedAt) + (ReportWords.recovery(of: error).map { ", " + $0 } ?? "") + ": "
                    + Self.escaped(
                        ErrorTable.errorText(id: error.id, message: error.message), upTo: Self.longestMessage)
            }
            let notes = [failed, since].compactMap(\.self)
            return (tellsVCenter ? [Self.escaped(vm.vCenter, upTo: Self.longestName)] : []) + [
                Self.escaped("\(vm.name) (\(vm.vm))", upTo: Self.longestName), vm.condition.word,
                String(vm.figures.customizations), String(vm.figures.failed),
                FigureText.percent(vm.figures.failureRate),
                FigureText.duration(vm.figures.durations?.p50), FigureText.duration(vm.figures.durations?.p95),
                notes.isEmpty ? ReportWords.unfinished(vm.figures) : notes.joined(separator: "; "),
            ]
        }
        let first = tellsVCenter ? 3 : 2
        let heads = ["VM", "State", "Count", "Failed", "Rate", "p50", "p95", "Latest error"]
        return Self.table(
            (tellsVCenter ? ["vCenter"] : []) + heads, alignedRight: Set(first...first + 4), rows)
            + (shown.count == report.listedVirtualMachines.count
                ? "" : "\n\n\(ReportWords.remainder(of: report.listedVirtualMachines, without: Array(shown)))")
    }

    private func figures(
        _ head: String, _ shown: [(name: String, figures: CustomizationFigures, isWithoutData: Bool)], rest: Int,
        _ noun: String
    ) -> String {
        let rows = shown.map { row in
            [Self.escaped(row.name, upTo: Self.longestName)]
                + (row.isWithoutData
                    ? ["no data"] + Array(repeating: FigureText.none, count: 5)
                    : [
                        String(row.figures.customizations), String(row.figures.failed),
                        FigureText.percent(row.figures.failureRate), ReportWords.interval(of: row.figures) ?? "",
                        FigureText.duration(row.figures.durations?.p50),
                        FigureText.duration(row.figures.durations?.p95),
                    ])
        }
        return Self.table(
            [head, "Count", "Failed", "Rate", "Likely", "p50", "p95"], alignedRight: [1, 2, 3, 4, 5, 6], rows)
            + self.rest(rest, noun)
    }

    private func rest(_ count: Int, _ noun: String) -> String {
        count > 0 ? "\n\n… and \(FigureText.counted(count, noun))" : ""
    }

    private static func table(_ heads: [String], alignedRight: Set<Int>, _ rows: [[String]]) -> String {
        let rule = heads.indices.map { alignedRight.contains($0) ? "---:" : "---" }
        return ([heads, rule] + rows).map { "| " + $0.joined(separator: " | ") + " |" }.joined(separator: "\n")
    }

    /// A text of this program's own, in which backticks are meant: commands stand between them.
    private static func own(_ text: String) -> String {
        text.split(separator: "`", omittingEmptySubsequences: false).enumerated().map { index, part in
            index.isMultiple(of: 2) ? escaped(String(part)) : "`\(part)`"
        }.joined()
    }

    /// The text as it reads, whatever a Markdown processor makes of it otherwise.
    ///
    /// Backslashes and character references are never structure (CommonMark 0.31 §2.4 and §2.5). Mentions, references to
    /// issues and bare links are found in the finished text, so that only an invisible character in them (U+200B, as
    /// Dependabot does it) keeps them from becoming links and from calling people.
    private static func escaped(_ text: String, upTo limit: Int = 1000) -> String {
        var previous: [Unicode.Scalar] = []
        return text.visible(upTo: limit).replacingScalars { scalar in
            defer { previous = previous.suffix(2) + [scalar] }
            switch scalar {
            case "&": return "&amp;"
            case "<": return "&lt;"
            case ">": return "&gt;"
            case "|": return "&#124;"
            case "@": return "@&#8203;"
            case "#": return "#&#8203;"
            case "!": return "!&#8203;"
            case "/": return previous.last == ":" ? "&#8203;/" : nil
            case ".": return String(String.UnicodeScalarView(previous)).lowercased() == "www" ? "&#8203;." : nil
            case "`": return "&#96;"
            case "\\", "*", "_", "[", "]", "~", "$": return "\\" + String(scalar)
            default: return nil
            }
        }
    }
}

extension String {
    fileprivate var trimmingTrailingSpaces: String {
        var text = self[...]
        while text.last == " " { text.removeLast() }
        return String(text)
    }
}

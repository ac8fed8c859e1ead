import GuestCustomization

/// A report as a table for terminals: a summary, then the rows of a breakdown.
package struct TableRenderer: Sendable {
    /// Maximum width of a line, in columns.
    package var width: Int
    /// Whether failures and warnings are coloured, by ANSI escape sequences.
    package var colors: Bool
    /// Whether bars and a trend line are drawn; the terminal must have such characters.
    package var graphics: Bool
    /// What each row stands for.
    package var breakdown: ReportBreakdown
    /// How many rows are shown, from the first; `nil`: as many as a person can read, which is all of up to 50 VMs, else the VMs
    /// with something to report. The last line counts the rows left out.
    package var limit: Int?
    /// Whether rows show all percentiles and the longest duration, not just the 50th and 95th percentile.
    package var showsAllDurations: Bool

    package init(
        width: Int = 100, colors: Bool = false, graphics: Bool = false, by breakdown: ReportBreakdown = .vm,
        limit: Int? = nil, showsAllDurations: Bool = false
    ) {
        self.width = width
        self.colors = colors
        self.graphics = graphics
        self.breakdown = breakdown
        self.limit = limit
        self.showsAllDurations = showsAllDurations
    }

    /// The whole text, ending with a line break.
    package func render(_ report: Report) -> String {
        let times = LocalTimeFormat(report.timeZone)
        let blocks =
            [
                ReportSummary.heading(of: report, times, width: width),
                ReportSummary.figures(of: report, times, width: width, graphics: graphics),
                ReportSummary.warnings(of: report, width: width),
            ] + rows(of: report, times)
        return blocks.rendered(width: width, colors: colors)
    }

    private func rows(of report: Report, _ times: LocalTimeFormat) -> [[TerminalLine]] {
        let durations: DurationColumns = showsAllDurations ? .all : .few
        switch breakdown {
        case .vm:
            let errors = report.listedErrors
            return [
                report.filter.error == nil
                    ? ErrorTable.summary(of: errors, width: width, graphics: graphics)
                    : ErrorTable.explained(errors, width: width, limit: nil, graphics: graphics),
                VirtualMachineTable.lines(of: report, width: width, times: times, limit: limit, durations),
                AttributeTable.suspects(of: report.attributes, width: width, limit: limit, isQuiet: true),
            ]
        case .error:
            return [ErrorTable.explained(report.listedErrors, width: width, limit: limit, graphics: graphics)]
        case .cause:
            return [CauseTable.lines(of: report.listedCauses, width: width, limit: limit, graphics: graphics)]
        case .day:
            return [
                FiguresTable.lines(ofDays: report.days, width: width, limit: limit, durations, graphics: graphics)
            ]
        case .vCenter:
            return [
                FiguresTable.lines(
                    ofVCenters: report.vCenters, width: width, limit: limit, durations, graphics: graphics)
            ]
        case .guestOS, .host, .cluster, .folder, .datacenter, .template, .tools:
            return [AttributeTable.values(of: report.attributes, width, limit, durations, graphics: graphics)]
        case .suspect:
            return [AttributeTable.suspects(of: report.attributes, width: width, limit: limit)]
        }
    }
}

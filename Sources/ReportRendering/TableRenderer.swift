import Foundation
import GuestCustomization

/// A report as a table for terminals: a summary, then the VMs, the worst first.
public struct TableRenderer: Sendable {
    /// Columns that no line exceeds.
    public var width: Int
    /// Whether failures and warnings are coloured, by ANSI escape sequences.
    public var colors: Bool
    public var timeZone: TimeZone
    /// How many VMs are shown, the worst of them; `nil`: every VM with something to tell, and others up to 50.
    /// What is left out is counted in the last line.
    public var limit: Int?

    public init(width: Int = 100, colors: Bool = false, timeZone: TimeZone = .current, limit: Int? = nil) {
        self.width = width
        self.colors = colors
        self.timeZone = timeZone
        self.limit = limit
    }

    /// The whole text, with a line break at its end.
    public func render(_ report: Report) -> String {
        let times = LocalTimeFormat(timeZone)
        let blocks = [
            [ReportSummary.heading(of: report, times)],
            ReportSummary.figures(of: report, times, width: width),
            ReportSummary.warnings(of: report, width: width),
            ErrorTable.lines(report.errors, width: width),
            VirtualMachineTable(report, width: width, times: times, limit: limit).lines,
        ]
        let text = blocks.filter { !$0.isEmpty }.map { lines in
            lines.map { $0.rendered(width: width, colors: colors) + "\n" }.joined()
        }
        return text.joined(separator: "\n")
    }
}

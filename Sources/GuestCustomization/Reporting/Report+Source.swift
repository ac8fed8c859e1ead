import Foundation

extension Report {
    /// The report on a history; with `comparing`, beside the window before it of the same length.
    public init(
        of source: some ReportSource, window: ReportWindow, matching filter: ReportFilter = ReportFilter(),
        stuckAfterSeconds: Double = 3600, comparing: Bool = false, timeZone: TimeZone = .gmt, generatedAt: Timestamp
    ) throws {
        var builder = ReportBuilder(window: window, stuckAfterSeconds: stuckAfterSeconds, timeZone: timeZone)
        var before = comparing ? ReportBuilder(window: window.previous, stuckAfterSeconds: stuckAfterSeconds) : nil
        try source.forEachCustomization(since: (comparing ? window.previous : window).since, matching: filter) {
            before?.add($0)
            builder.add($0)
        }
        try source.forEachGoodRun(in: window, matching: filter) { builder.addGoodRun(of: $0, at: $1) }
        self = builder.build(coverage: try source.coverage(of: window, matching: filter), generatedAt: generatedAt)
        self.filter = filter
        if let before {
            let coverage = try source.coverage(of: window.previous, matching: filter)
            let report = before.build(coverage: coverage, generatedAt: generatedAt)
            comparison = ReportComparison(
                window: report.window, summary: report.summary, virtualMachines: report.virtualMachines.count,
                coverage: coverage)
        }
    }
}

extension ReportWindow {
    /// The window of the same length that ends where this one begins.
    var previous: ReportWindow {
        ReportWindow(since: since.advanced(bySeconds: -until.seconds(since: since)), until: since)
    }
}

extension Report {
    /// The report on a history.
    public init(
        of source: some ReportSource, window: ReportWindow, matching filter: ReportFilter = ReportFilter(),
        stuckAfterSeconds: Double = 3600, generatedAt: Timestamp
    ) throws {
        var builder = ReportBuilder(window: window, stuckAfterSeconds: stuckAfterSeconds)
        try source.forEachCustomization(since: window.since, matching: filter) { builder.add($0) }
        self = builder.build(coverage: try source.coverage(of: window, matching: filter), generatedAt: generatedAt)
    }
}

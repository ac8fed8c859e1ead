import GuestCustomization

/// What a report's figures cannot know, or what makes them doubtful: one sentence or two for each such thing.
enum ReportWarnings {
    static func of(_ report: Report) -> [String] {
        let coverage = report.coverage
        var warnings: [String] = []
        if coverage.runs == 0 {
            warnings.append("No collection run began in this window: what happened in it is not known.")
        }
        if coverage.failed + coverage.interrupted > 0 {
            let runs = ReportWords.nonZero([(coverage.failed, "failed"), (coverage.interrupted, "interrupted")])
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
        if let comparison = report.comparison, comparison.coverage.runs == 0 {
            warnings.append("No collection run began in the window before: little is known of it.")
        }
        return warnings
    }

    /// Seconds without a good poll at the window's end, if that is out of the ordinary: more than twice the longest time
    /// between runs, or a day where that is not known.
    private static func silence(before report: Report) -> Double? {
        guard let last = report.coverage.lastGoodPollAt else { return nil }
        let silence = min(report.window.until, report.generatedAt).seconds(since: last)
        return silence > (report.coverage.longestGapSeconds.map { 2 * $0 } ?? 86_400) ? silence : nil
    }
}

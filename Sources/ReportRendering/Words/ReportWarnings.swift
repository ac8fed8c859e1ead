import GuestCustomization

/// Warnings about what a report's figures do not cover or what makes them doubtful: one or two sentences each.
enum ReportWarnings {
    static func of(_ report: Report) -> [String] {
        let coverage = report.coverage
        var warnings: [String] = []
        if coverage.runs == 0 {
            warnings.append("No collection run began in this window, so what happened in it is not known.")
        }
        if coverage.failed + coverage.interrupted > 0 {
            let runs = ReportWords.nonZero([(coverage.failed, "failed"), (coverage.interrupted, "interrupted")])
            warnings.append("Collection runs: \(runs). What they did not poll may be missing here.")
        }
        warnings += notWatched(coverage, in: report.window, LocalTimeFormat(report.timeZone))
        if coverage.endedLater > 0 {
            let customizations = FigureText.counted(coverage.endedLater, "customization")
            warnings.append(
                "Clock fault: \(customizations) (\(coverage.failedLater) failed) ended later than now, by the clock of the guest or vCenter; no report up to now counts them."
            )
        }
        warnings += pruned(coverage.pruned, LocalTimeFormat(report.timeZone))
        if let silence = silence(ofVMsIn: report) {
            warnings.append("No good poll of these VMs in the last \(FigureText.duration(silence)) of this window.")
        }
        if coverage.virtualMachinesWithoutData > 0 {
            let vms = FigureText.counted(coverage.virtualMachinesWithoutData, "VM")
            warnings.append("No data on \(vms): no poll of them was good in this window.")
        }
        if report.summary.clockFaults > 0 {
            let faults = FigureText.counted(report.summary.clockFaults, "customization")
            warnings.append(
                "Clock fault: \(faults) ended before it began, by the vCenter's clock, and has no duration here.")
        }
        if let comparison = report.comparison, comparison.coverage.runs == 0 {
            warnings.append("No collection run began in the window before, so little is known about it.")
        }
        return warnings
    }

    /// Seconds without a good poll of the requested VMs up to the window's end, if that is unusual: more than twice the longest time
    /// that their vCenter went without one, or more than a day if that is not known.
    private static func silence(ofVMsIn report: Report) -> Double? {
        guard !report.filter.vms.isEmpty, let last = report.coverage.lastGoodPollAt else { return nil }
        let silence = min(report.window.until, report.generatedAt).seconds(since: last)
        return silence > (report.coverage.longestGapSeconds.map { 2 * $0 } ?? 86_400) ? silence : nil
    }

    /// `Polls before 2026-01-01 00:00 were pruned on 2026-11-28 05:39 by root@vcsa: …`
    static func pruned(_ pruned: PrunedPolls?, _ times: LocalTimeFormat) -> [String] {
        guard let pruned else { return [] }
        return [
            "\(words(of: pruned, times)): customizations and runs are complete, but VMs without data are not known for that time."
        ]
    }

    /// `Polls before 2026-01-01 00:00 were pruned on 2026-11-28 05:39 by root@vcsa`
    static func words(of pruned: PrunedPolls, _ times: LocalTimeFormat) -> String {
        let by = pruned.by.map { " by \(TerminalText($0, upTo: 80).truncatedInMiddle(to: 80).string)" } ?? ""
        return "Polls before \(times.minute(pruned.before)) were pruned on \(times.minute(pruned.prunedAt))\(by)"
    }

    /// `vc-a: first run 2026-11-27 14:53: 29.99 of 30 days not watched.`, for each vCenter that was not watched for unusually long;
    /// also a warning about runs that our own clock misplaced.
    static func notWatched(_ coverage: ReportCoverage, in window: ReportWindow, _ times: LocalTimeFormat) -> [String] {
        let unwatched = coverage.vCenters.filter { !$0.gaps.isEmpty }
        var warnings = unwatched.prefix(maximumVCenters).map { record in
            let name = TerminalText(record.vCenter, upTo: 80).truncatedInMiddle(to: 80).string
            let amount = FigureText.amount(
                record.unwatchedSeconds, of: window.until.seconds(since: window.since))
            let told = record.toldOfGaps.map { told in
                " vCenter's events tell of the time from \(times.minute(told.since)) "
                    + (told.until.map { "to \(times.minute($0))." } ?? "on.")
            }
            return "\(name): \(whenNotWatched(record, in: window, times)): \(amount) not watched.\(told ?? "")"
        }
        let others = unwatched.count - warnings.count
        if others > 0 { warnings.append("\(FigureText.counted(others, "more vCenter")) not watched for long.") }
        if coverage.runsStampedLater > 0 {
            let runs = FigureText.counted(coverage.runsStampedLater, "collection run")
            warnings.append(
                "Clock fault: \(runs) stamped later than now; this machine's clock was wrong then.")
        }
        return warnings
    }

    /// Nobody reads a page of vCenters.
    private static let maximumVCenters = 10

    /// `first run 2026-11-20 08:00; no good poll since 2026-11-26 09:00`
    private static func whenNotWatched(
        _ record: WatchRecord, in window: ReportWindow, _ times: LocalTimeFormat
    ) -> String {
        guard let first = record.firstGoodRunAt else { return "no good poll yet" }
        var parts: [String] = []
        var between = record.gaps
        if first >= window.until {
            return "first run \(times.minute(first))"
        }
        if let gap = between.first, gap.until == first {
            parts.append("first run \(times.minute(first))")
            between.removeFirst()
        }
        let open = between.last.flatMap { $0.until == record.knownUntil ? $0 : nil }
        if open != nil { between.removeLast() }
        if let longest = between.max(by: { $0.seconds < $1.seconds }) {
            let count = between.count == 1 ? "" : "\(between.count) gaps, the longest "
            parts.append("\(count)\(times.minute(longest.since)) to \(times.minute(longest.until))")
        }
        if open != nil, let last = record.lastGoodRunAt { parts.append("no good poll since \(times.minute(last))") }
        return parts.joined(separator: "; ")
    }
}

extension FigureText {
    /// `29.99 of 30 days`, `1.5 of 2 hours`; never rounded up to the whole, and a small part in its own unit: `12m of 30 days`.
    static func amount(_ seconds: Double, of whole: Double) -> String {
        let (unit, name): (Double, String) =
            whole >= 172_800 ? (86_400, "days") : whole >= 7200 ? (3600, "hours") : (60, "minutes")
        let part = seconds / unit
        return "\(part < 0.1 ? duration(seconds) : hundredths(part)) of \(hundredths(whole / unit)) \(name)"
    }

    /// Without trailing zeros; truncated, not rounded.
    private static func hundredths(_ number: Double) -> String {
        let hundredths = Int((number * 100 + 1e-6).rounded(.down))
        let (whole, rest) = hundredths.quotientAndRemainder(dividingBy: 100)
        if rest == 0 { return "\(whole)" }
        return rest % 10 == 0 ? "\(whole).\(rest / 10)" : "\(whole).\(rest < 10 ? "0" : "")\(rest)"
    }
}

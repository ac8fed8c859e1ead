import GuestCustomization

/// Wording that all formats for people share.
enum ReportWords {
    /// `VM web-*, vCenter vc-a`; `nil` if the report covers everything.
    static func filter(of report: Report) -> String? {
        let filter = report.filter
        let listed =
            (filter.conditions.isEmpty
                ? [] : ["VMs that are " + filter.conditions.map(\.rawValue).joined(separator: " or ")])
            + (filter.error.map { ["the error \($0)"] } ?? [])
        let sentences = [
            parts(of: filter),
            listed.isEmpty ? nil : "listed only: " + listed.joined(separator: ", ") + "; the figures cover all",
        ].compactMap(\.self)
        return sentences.isEmpty ? nil : sentences.joined(separator: "; ")
    }

    /// `only VM web-*, vCenter vc-a`; `nil` if the filter sets no restriction.
    static func parts(of filter: ReportFilter) -> String? {
        let parts =
            filter.vms.map { "VM \($0)" } + filter.vCenters.map { "vCenter \($0)" }
            + filter.endpoints.map { "endpoint \($0.rawValue)" }
            + VirtualMachineAttribute.filtered.flatMap { attribute in
                (filter.attributes[attribute] ?? []).map { "\(AttributeWords.title(of: attribute).lowercased()) \($0)" }
            }
        return parts.isEmpty ? nil : "only " + parts.joined(separator: ", ")
    }

    /// `15.8% to 75.0%`; `nil` if the rate is certain enough to stand alone, or if there is no rate.
    static func interval(of figures: CustomizationFigures) -> String? {
        guard figures.isRateOverFew, let interval = figures.failureRateInterval else { return nil }
        return "\(FigureText.percent(interval.lower)) to \(FigureText.percent(interval.upper))"
    }

    /// `lower`, `higher` or `no clear change`, and `nothing to compare`.
    static func verdict(on comparison: ReportComparison, of report: Report) -> String {
        switch RateChange(from: comparison.summary, to: report.summary)?.verdict {
        case .higher: "the rate is higher now"
        case .lower: "the rate is lower now"
        case .unclear: "no clear change"
        case nil: "nothing to compare"
        }
    }

    /// The text of an error for people: its message, else its identifier, else a note that there was none.
    static func error(id: String?, message: String?) -> String {
        message ?? id ?? "vCenter gave no error message"
    }

    /// `perl-missing: The guest has no Perl, …`
    static func cause(_ cause: FailureCause?) -> String {
        cause.map { "\($0.name): \($0.explanation)" } ?? "unknown: no cause is known for this error"
    }

    /// The cause with the word "probable", for places where nothing else says so.
    static func probableCause(_ cause: FailureCause?) -> String {
        cause.map { "probable cause \($0.name): \($0.explanation)" } ?? self.cause(nil)
    }

    /// Whether a VM recovered from its latest failure: `ok after 37m`.
    static func recovery(of error: LatestError) -> String? {
        error.recoveredAt.map { "ok after \(FigureText.duration($0.seconds(since: error.failedAt)))" }
    }

    /// `2 lost, 1 running`
    static func unfinished(_ figures: CustomizationFigures) -> String {
        nonZero([
            (figures.lost, "lost"), (figures.other, "other"), (figures.running, "running"),
            (figures.pending, "pending"),
        ])
    }

    /// `4 succeeded, 3 failed`
    static func outcomes(_ figures: CustomizationFigures) -> String {
        nonZero([
            (figures.succeeded, "succeeded"), (figures.failed, "failed"), (figures.running, "running"),
            (figures.pending, "pending"), (figures.lost, "lost"), (figures.other, "other"),
        ])
    }

    /// `4 succeeded, 3 failed; 5 of them from vCenter's events`
    static func outcomes(in report: Report) -> String {
        let told = report.toldByEvents > 0 ? "; \(report.toldByEvents) of them from vCenter's events" : ""
        return outcomes(report.summary) + told
    }

    /// `19 failed of 106 finished`
    static func failures(of figures: CustomizationFigures) -> String {
        figures.finished == 0 ? "none finished" : "\(figures.failed) failed of \(figures.finished) finished"
    }

    /// `1 failed of 3 finished; true rate likely 6.1% to 79.2%`, the second part only if few have finished.
    static func failuresAndLikelyRate(of figures: CustomizationFigures) -> String {
        failures(of: figures) + (interval(of: figures).map { "; true rate likely \($0)" } ?? "")
    }

    /// `164 complete, 2 partial`
    static func runs(_ coverage: ReportCoverage) -> String {
        let ended = coverage.complete + coverage.partial + coverage.failed + coverage.interrupted
        return nonZero([
            (coverage.complete, "complete"), (coverage.partial, "partial"), (coverage.failed, "failed"),
            (coverage.interrupted, "interrupted"), (coverage.runs - ended, "not ended"),
        ])
    }

    /// `at most 1h without a good poll`
    static func longestGap(of coverage: ReportCoverage) -> String? {
        coverage.longestGapSeconds.map { "at most \(FigureText.duration($0)) without a good poll" }
    }

    /// `2 failing, 1 stuck, 40 ok`
    static func conditions(of vms: some Sequence<VirtualMachineReport>) -> String {
        conditions(Dictionary(grouping: vms, by: \.condition).mapValues(\.count))
    }

    private static func conditions(_ counts: [VirtualMachineReport.Condition: Int]) -> String {
        nonZero(VirtualMachineReport.Condition.allCases.map { (counts[$0] ?? 0, $0.word) })
    }

    /// `… and 212 VMs without failures`: the rows that a table leaves out.
    static func remainder(of all: [VirtualMachineReport], without shown: [VirtualMachineReport]) -> String {
        var conditions = Dictionary(grouping: all, by: \.condition).mapValues(\.count)
        for vm in shown { conditions[vm.condition, default: 0] -= 1 }
        conditions = conditions.filter { $0.value > 0 }
        let count = conditions.values.reduce(0, +)
        if conditions.count == 1, conditions.keys.first == .sound {
            return "… and \(FigureText.counted(count, "VM")) without failures"
        }
        return "… and \(FigureText.counted(count, "more VM")): \(self.conditions(conditions))"
    }

    static func nonZero(_ counts: [(count: Int, word: String)]) -> String {
        counts.filter { $0.count > 0 }.map { "\($0.count) \($0.word)" }.joined(separator: ", ")
    }
}

extension VirtualMachineReport.Condition {
    /// The word for it in reports.
    var word: String {
        switch self {
        case .failing: "failing"
        case .stuck: "stuck"
        case .recovered: "recovered"
        case .unclear: "unclear"
        case .underWay: "under way"
        case .sound: "ok"
        case .gone: "gone"
        }
    }
}

import Foundation

extension Report {
    /// What a report says about what VMs are: it takes time to read.
    package enum AttributeQuestion: Hashable, Sendable {
        /// Which values are suspect.
        case suspects
        /// The figures of each value of an attribute, too.
        case values(of: VirtualMachineAttribute)
    }

    /// Reports on a history; with `comparing`, also on the preceding window of the same length.
    package init(
        of source: some ReportSource, window: ReportWindow, matching filter: ReportFilter = ReportFilter(),
        stuckAfterSeconds: Double = 3600, comparing: Bool = false, asking question: AttributeQuestion? = nil,
        timeZone: TimeZone = .gmt, generatedAt: Timestamp
    ) throws {
        var windows = Windows(
            own: ReportBuilder(window: window, stuckAfterSeconds: stuckAfterSeconds, timeZone: timeZone),
            before: comparing ? ReportBuilder(window: window.previous, stuckAfterSeconds: stuckAfterSeconds) : nil)
        let since = (comparing ? window.previous : window).since
        let (coverage, coverageBefore) = try source.atOneInstant {
            if question != nil || filter.attributes.contains(where: { !$0.value.isEmpty }) {
                windows.attributes = AttributeTally(
                    try source.attributes(matching: filter, since: since), matching: filter, by: question?.attribute, window: window,
                    stuckAfterSeconds: stuckAfterSeconds)
            }
            try source.addCustomizations(since: since, matching: filter, to: &windows)
            try source.forEachGoodRun(in: window, matching: filter) { windows.own.addGoodRun(of: $0, at: $1) }
            return (
                try source.coverage(of: window, matching: filter, now: generatedAt),
                comparing ? try source.coverage(of: window.previous, matching: filter, now: generatedAt) : nil
            )
        }
        // One after the other, each given up before the next is made: of many VMs they would take tens of MiB at once.
        var comparison: ReportComparison?
        if let before = windows.before, let coverage = coverageBefore {
            windows.before = nil
            comparison = before.comparison(coverage: coverage, generatedAt: generatedAt)
        }
        let attributes = question.flatMap { _ in windows.attributes?.finish() }
        windows.attributes = nil
        let own = windows.own
        windows.own = ReportBuilder(window: window)
        self = own.build(coverage: coverage, generatedAt: generatedAt)
        self.filter = filter
        self.attributes = attributes
        self.comparison = comparison
    }
}

extension Report.AttributeQuestion {
    fileprivate var attribute: VirtualMachineAttribute? {
        if case .values(let attribute) = self { attribute } else { nil }
    }
}

extension ReportBuilder {
    fileprivate consuming func comparison(coverage: ReportCoverage, generatedAt: Timestamp) -> ReportComparison {
        let report = build(coverage: coverage, generatedAt: generatedAt)
        return ReportComparison(
            window: report.window, summary: report.summary, virtualMachines: report.virtualMachines.count,
            coverage: coverage)
    }
}

/// A report's window, and the preceding one if the two are compared; customizations are added to both.
private struct Windows: CustomizationTally {
    var own: ReportBuilder
    var before: ReportBuilder?
    /// Lets only some customizations through, and counts them.
    var attributes: AttributeTally?

    mutating func add(_ customization: Customization) {
        guard attributes?.take(customization) ?? true else { return }
        before?.add(customization)
        own.add(customization)
    }

    mutating func addSuccess(
        of vm: CustomizedVM, endpoint: Endpoint, at instant: Timestamp, durationSeconds: Double?
    ) {
        guard attributes?.takeSuccess(of: vm, at: instant, durationSeconds: durationSeconds) ?? true else { return }
        before?.addSuccess(of: vm, endpoint: endpoint, at: instant, durationSeconds: durationSeconds)
        own.addSuccess(of: vm, endpoint: endpoint, at: instant, durationSeconds: durationSeconds)
    }
}

extension ReportWindow {
    /// The preceding window of the same length, which ends where this one begins.
    var previous: ReportWindow {
        ReportWindow(since: since.advanced(bySeconds: -until.seconds(since: since)), until: since)
    }
}

/// The preceding window of the same length, to show whether things are getting worse.
package struct ReportComparison: Hashable, Sendable {
    /// The preceding window.
    package var window: ReportWindow
    /// The figures of all customizations in it.
    package var summary: CustomizationFigures
    /// How many VMs had a customization in that window.
    package var virtualMachines: Int
    /// How well the history covers it.
    package var coverage: ReportCoverage

    package init(
        window: ReportWindow, summary: CustomizationFigures, virtualMachines: Int, coverage: ReportCoverage
    ) {
        self.window = window
        self.summary = summary
        self.virtualMachines = virtualMachines
        self.coverage = coverage
    }
}

/// How a failure rate has changed from one set of customizations to another.
package struct RateChange: Hashable, Sendable {
    /// Whether the rate has clearly changed.
    package enum Verdict: String, Hashable, Sendable {
        case higher
        case lower
        /// The difference may well be chance.
        case unclear
    }

    /// Later minus earlier rate, −1…1.
    package var difference: Double
    /// Lower bound of the true difference, with a confidence of 95 %; −1…1.
    package var lower: Double
    /// Upper bound of the true difference, with a confidence of 95 %; −1…1.
    package var upper: Double

    /// `nil` if no customization finished in one of the two sets.
    ///
    /// Source: R. G. Newcombe, "Interval estimation for the difference between independent proportions", Statistics in
    /// Medicine 17 (1998), method 10, which combines the two Wilson intervals.
    package init?(from earlier: CustomizationFigures, to later: CustomizationFigures) {
        guard let before = earlier.failureRate, let beforeInterval = earlier.failureRateInterval,
            let after = later.failureRate, let afterInterval = later.failureRateInterval
        else { return nil }
        func length(_ a: Double, _ b: Double) -> Double { (a * a + b * b).squareRoot() }
        difference = after - before
        lower = difference - length(after - afterInterval.lower, beforeInterval.upper - before)
        upper = difference + length(afterInterval.upper - after, before - beforeInterval.lower)
    }

    /// Higher or lower if the interval excludes 0, else unclear.
    package var verdict: Verdict { lower > 0 ? .higher : upper < 0 ? .lower : .unclear }
}

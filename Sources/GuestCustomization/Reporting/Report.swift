import Foundation

/// All figures of one window, ready to be rendered; every format shows this one value.
///
/// The definitions are in docs/design.md §2.
package struct Report: Hashable, Sendable {
    package var window: ReportWindow
    package var generatedAt: Timestamp
    /// The zone of the days, and in which people are shown instants.
    package var timeZone: TimeZone
    /// Which part of the history it speaks of.
    package var filter: ReportFilter
    /// For how long a customization must have been running or pending to count as stuck.
    package var stuckAfterSeconds: Double
    /// Of all customizations in the window.
    package var summary: CustomizationFigures
    /// The durations behind `summary.durations`.
    package var durations: DurationHistogram
    /// Each VM with a customization in the window, worst first: see `VirtualMachineReport.isWorse(than:)`.
    package var virtualMachines: [VirtualMachineReport]
    /// The errors of the failed customizations in the window, the most frequent first.
    package var errors: [ErrorGroup]
    /// Each local day of the window; of a window longer than a year, from the first one with data on.
    package var days: [DayReport]
    /// Each vCenter with a customization or a run in the window, good or not, by name.
    package var vCenters: [VCenterReport]
    package var coverage: ReportCoverage
    /// `nil` if it was not asked for.
    package var comparison: ReportComparison?
    /// What is listed where that is less than all; the figures are of all the same.
    var listing: Listing?

    /// Rows that a person asked for.
    struct Listing: Hashable, Sendable {
        var virtualMachines: [VirtualMachineReport]
        var errors: [ErrorGroup]
    }

    /// The VMs that are listed one by one.
    package var listedVirtualMachines: [VirtualMachineReport] { listing?.virtualMachines ?? virtualMachines }
    /// The errors that are listed one by one.
    package var listedErrors: [ErrorGroup] { listing?.errors ?? errors }

    package init(
        window: ReportWindow, generatedAt: Timestamp, timeZone: TimeZone = .gmt, filter: ReportFilter = ReportFilter(),
        stuckAfterSeconds: Double, summary: CustomizationFigures, durations: DurationHistogram = DurationHistogram(),
        virtualMachines: [VirtualMachineReport], errors: [ErrorGroup], days: [DayReport] = [],
        vCenters: [VCenterReport] = [], coverage: ReportCoverage, comparison: ReportComparison? = nil
    ) {
        self.window = window
        self.generatedAt = generatedAt
        self.timeZone = timeZone
        self.filter = filter
        self.stuckAfterSeconds = stuckAfterSeconds
        self.summary = summary
        self.durations = durations
        self.virtualMachines = virtualMachines
        self.errors = errors
        self.days = days
        self.vCenters = vCenters
        self.coverage = coverage
        self.comparison = comparison
    }
}

import Foundation

/// All figures of one window, ready to be rendered; every format shows this one value.
///
/// The definitions are in docs/design.md §2.
package struct Report: Hashable, Sendable {
    /// The window that the report covers.
    package var window: ReportWindow
    /// When the history was read; later customizations are not in the report.
    package var generatedAt: Timestamp
    /// The time zone of the days and of the instants shown to people.
    package var timeZone: TimeZone
    /// Which part of the history it covers.
    package var filter: ReportFilter
    /// For how long a customization must have been running or pending to count as stuck.
    package var stuckAfterSeconds: Double
    /// The figures of all customizations in the window.
    package var summary: CustomizationFigures
    /// The durations behind `summary.durations`.
    package var durations: DurationHistogram
    /// Each VM with a customization in the window, worst first: see `VirtualMachineReport.isWorse(than:)`.
    package var virtualMachines: [VirtualMachineReport]
    /// The errors of the failed customizations in the window, the most frequent first.
    package var errors: [ErrorGroup]
    /// Each local day of the window; in a window longer than a year, the days from the first one with data.
    package var days: [DayReport]
    /// Each vCenter with a customization in the window, or on which a run began before the window's end, by name.
    package var vCenters: [VCenterReport]
    /// How well the history covers the window.
    package var coverage: ReportCoverage
    /// How many of the customizations only vCenter's events told of.
    package var toldByEvents = 0
    /// What its VMs are, and what is suspect; `nil` if that was not asked for.
    package var attributes: AttributeReport?
    /// The preceding window; `nil` if no comparison was requested.
    package var comparison: ReportComparison?
    /// The rows that are listed, if not all; the figures always cover everything.
    var listing: Listing?

    /// The rows that the user asked for.
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

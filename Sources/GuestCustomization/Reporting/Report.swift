/// All figures of one window, ready to be rendered; every format shows this one value.
///
/// The definitions are in DESIGN.md §2.
public struct Report: Hashable, Sendable {
    public var window: ReportWindow
    public var generatedAt: Timestamp
    /// For how long a customization must have been running or pending to count as stuck.
    public var stuckAfterSeconds: Double
    /// Of all customizations in the window.
    public var summary: CustomizationFigures
    /// Each VM with a customization in the window, worst first: see `VirtualMachineReport.isWorse(than:)`.
    public var virtualMachines: [VirtualMachineReport]
    /// The errors of the failed customizations in the window, the most frequent first.
    public var errors: [ErrorGroup]
    public var coverage: ReportCoverage

    public init(
        window: ReportWindow, generatedAt: Timestamp, stuckAfterSeconds: Double, summary: CustomizationFigures,
        virtualMachines: [VirtualMachineReport], errors: [ErrorGroup], coverage: ReportCoverage
    ) {
        self.window = window
        self.generatedAt = generatedAt
        self.stuckAfterSeconds = stuckAfterSeconds
        self.summary = summary
        self.virtualMachines = virtualMachines
        self.errors = errors
        self.coverage = coverage
    }
}

/// Makes a report out of customizations that are handed over one by one.
///
/// ```swift
/// var builder = ReportBuilder(window: window)
/// try source.forEachCustomization(since: window.since, matching: filter) { builder.add($0) }
/// let report = builder.build(coverage: try source.coverage(of: window, matching: filter), generatedAt: now)
/// ```
/// Of a customization only its duration is kept, so that a million of them fit.
public struct ReportBuilder {
    private let window: ReportWindow
    private let stuckAfterSeconds: Double
    private var summary = FiguresAccumulator()
    private var errors = ErrorGrouping()
    private var virtualMachines: [VirtualMachineReport] = []
    private var current: VirtualMachineAccumulator?

    /// A customization counts as stuck if it was running or pending for longer than `stuckAfterSeconds` (3600, definition 6).
    public init(window: ReportWindow, stuckAfterSeconds: Double = 3600) {
        self.window = window
        self.stuckAfterSeconds = stuckAfterSeconds
    }

    /// Adds a customization; they must come in the order of `ReportSource.forEachCustomization`: each VM's in one row,
    /// by `windowInstant`. Those after the window only tell whether a VM recovered.
    public mutating func add(_ customization: Customization) {
        if current?.isOf(customization) != true {
            closeVirtualMachine()
            current = VirtualMachineAccumulator(customization)
        }
        current?.noteRecovery(customization)
        guard window.contains(customization.windowInstant) else { return }
        summary.add(customization, stuckAfterSeconds: stuckAfterSeconds)
        current?.add(customization, stuckAfterSeconds: stuckAfterSeconds)
        if customization.outcome == .failed {
            errors.add(
                id: customization.errorID, message: customization.errorMessage, failedAt: customization.windowInstant,
                ofVM: virtualMachines.count, names: [customization.vmName, customization.vm])
        }
    }

    /// The report on what was added.
    public consuming func build(coverage: ReportCoverage, generatedAt: Timestamp) -> Report {
        closeVirtualMachine()
        return Report(
            window: window, generatedAt: generatedAt, stuckAfterSeconds: stuckAfterSeconds, summary: summary.finish(),
            virtualMachines: virtualMachines.sorted { $0.isWorse(than: $1) }, errors: errors.finish(),
            coverage: coverage)
    }

    private mutating func closeVirtualMachine() {
        if let finished = current?.finish() { virtualMachines.append(finished) }
        current = nil
    }
}

/// Adds one VM's customizations up, in the order of their instants.
private struct VirtualMachineAccumulator {
    private let vCenter: String
    private let vm: String
    private let name: String
    private var figures = FiguresAccumulator()
    /// `nil` until a customization in the window was added.
    private var latestStatus: CustomizationStatus?
    private var latestError: LatestError?
    private var stuckSince: Timestamp?

    init(_ customization: Customization) {
        vCenter = customization.vCenter
        vm = customization.vm
        name = customization.vmName
    }

    func isOf(_ customization: Customization) -> Bool {
        vm == customization.vm && vCenter == customization.vCenter
    }

    mutating func noteRecovery(_ customization: Customization) {
        if customization.outcome == .succeeded, let error = latestError, error.recoveredAt == nil,
            customization.windowInstant > error.failedAt
        {
            latestError?.recoveredAt = customization.windowInstant
        }
    }

    mutating func add(_ customization: Customization, stuckAfterSeconds: Double) {
        figures.add(customization, stuckAfterSeconds: stuckAfterSeconds)
        latestStatus = customization.status
        if customization.outcome == .failed {
            latestError = LatestError(
                id: customization.errorID, message: customization.errorMessage, failedAt: customization.windowInstant,
                recoveredAt: nil)
        }
        if customization.isStuck(after: stuckAfterSeconds) { stuckSince = customization.underWaySince }
    }

    /// `nil` if no customization of the VM lies in the window.
    func finish() -> VirtualMachineReport? {
        guard let latestStatus else { return nil }
        return VirtualMachineReport(
            vCenter: vCenter, vm: vm, name: name, figures: figures.finish(), latestStatus: latestStatus,
            latestError: latestError, stuckSince: stuckSince)
    }
}

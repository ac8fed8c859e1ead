import Foundation

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
    private let timeZone: TimeZone
    private var errors = ErrorGrouping()
    private var days: DayAccumulator
    private var vCenters: [VCenterAccumulator] = []
    private var virtualMachines: [VirtualMachineReport] = []
    private var current: VirtualMachineAccumulator?

    /// A customization counts as stuck if it was running or pending for longer than `stuckAfterSeconds` (3600, definition 6).
    /// The days are those of `timeZone`.
    public init(window: ReportWindow, stuckAfterSeconds: Double = 3600, timeZone: TimeZone = .gmt) {
        self.window = window
        self.stuckAfterSeconds = stuckAfterSeconds
        self.timeZone = timeZone
        days = DayAccumulator(window, LocalCalendar(timeZone))
    }

    /// Adds a customization; they must come in the order of `ReportSource.forEachCustomization`: each VM's in one row,
    /// by `windowInstant`. Those before the window are passed over; those after it only tell whether a VM recovered.
    public mutating func add(_ customization: Customization) {
        if current?.isOf(customization) != true {
            closeVirtualMachine()
            current = VirtualMachineAccumulator(customization)
        }
        current?.noteRecovery(customization)
        guard window.contains(customization.windowInstant) else { return }
        if vCenters.last?.name != customization.vCenter {
            vCenters.append(VCenterAccumulator(name: customization.vCenter))
        }
        vCenters[vCenters.count - 1].figures.add(customization, stuckAfterSeconds: stuckAfterSeconds)
        days.add(customization, stuckAfterSeconds: stuckAfterSeconds)
        current?.add(customization, stuckAfterSeconds: stuckAfterSeconds)
        if customization.outcome == .failed {
            errors.add(
                id: customization.errorID, message: customization.errorMessage, failedAt: customization.windowInstant,
                ofVM: virtualMachines.count, names: [customization.vmName, customization.vm])
        }
    }

    /// Adds a collection run that began in the window and had a good poll; they come after the customizations.
    public mutating func addGoodRun(of vCenter: String, at instant: Timestamp) {
        closeVirtualMachine()
        guard window.contains(instant) else { return }
        days.addGoodRun(at: instant)
        if let index = vCenters.firstIndex(where: { $0.name == vCenter }) {
            vCenters[index].goodRuns += 1
        } else {
            vCenters.append(VCenterAccumulator(name: vCenter, goodRuns: 1))
        }
    }

    /// The report on what was added.
    public consuming func build(coverage: ReportCoverage, generatedAt: Timestamp) -> Report {
        closeVirtualMachine()
        var all = FiguresAccumulator()
        for vCenter in vCenters { all.add(vCenter.figures) }
        return Report(
            window: window, generatedAt: generatedAt, timeZone: timeZone, stuckAfterSeconds: stuckAfterSeconds,
            summary: all.finish(), durations: DurationHistogram(all.durations),
            virtualMachines: virtualMachines.sorted { $0.isWorse(than: $1) }, errors: errors.finish(),
            days: days.finish(), vCenters: vCenters.map { $0.finish() }.sorted { $0.name < $1.name },
            coverage: coverage)
    }

    private mutating func closeVirtualMachine() {
        if let finished = current?.finish() {
            virtualMachines.append(finished)
            vCenters[vCenters.count - 1].virtualMachines += 1
        }
        current = nil
    }
}

/// Adds one vCenter's customizations up.
private struct VCenterAccumulator {
    let name: String
    var figures = FiguresAccumulator()
    var virtualMachines = 0
    var goodRuns = 0

    func finish() -> VCenterReport {
        VCenterReport(name: name, virtualMachines: virtualMachines, figures: figures.finish(), goodRuns: goodRuns)
    }
}

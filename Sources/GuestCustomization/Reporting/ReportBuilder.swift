import Foundation

/// Builds a report from customizations that are added one by one.
///
/// ```swift
/// var builder = ReportBuilder(window: window)
/// try source.addCustomizations(since: window.since, matching: filter, to: &builder)
/// let report = builder.build(coverage: try source.coverage(of: window, matching: filter, now: now), generatedAt: now)
/// ```
/// Only the duration of a customization is kept, and the end of a successful one, so that a million of them fit in memory.
package struct ReportBuilder: CustomizationTally {
    private let window: ReportWindow
    private let stuckAfterSeconds: Double
    private let timeZone: TimeZone
    private var errors = ErrorGrouping()
    private var days: DayAccumulator
    private var durations = DurationTable()
    private var successes: [(vm: Int32, at: Timestamp)] = []
    private var vCenters: [(name: String, goodRuns: Int)] = []
    private var virtualMachines: [VirtualMachineAccumulator] = []
    private var toldByEvents = 0
    /// Positions in `virtualMachines`.
    private var positions = VirtualMachinePositions()

    /// - Parameters:
    ///   - stuckAfterSeconds: A customization that was running or pending for longer counts as stuck (definition 6).
    ///   - timeZone: The time zone of the days.
    package init(window: ReportWindow, stuckAfterSeconds: Double = 3600, timeZone: TimeZone = .gmt) {
        self.window = window
        self.stuckAfterSeconds = stuckAfterSeconds
        self.timeZone = timeZone
        days = DayAccumulator(window, LocalCalendar(timeZone))
    }

    /// Adds a customization, in any order; of two of a VM at the same instant, the one added last counts as the later
    /// one. Those before the window are ignored; those after it only show whether a VM recovered.
    package mutating func add(_ customization: Customization) {
        if customization.outcome == .succeeded {
            addSuccess(
                of: customization.vm, endpoint: customization.endpoint, at: customization.windowInstant,
                durationSeconds: customization.durationSeconds)
            return
        }
        let instant = customization.windowInstant
        guard window.contains(instant) else { return }
        if customization.endpoint == .events { toldByEvents += 1 }
        let position = position(of: customization.vm)
        let stuckSince = customization.isStuck(after: stuckAfterSeconds) ? customization.underWaySince : nil
        count(
            customization.outcome, customization.status, ofVM: position, at: instant, stuckSince: stuckSince,
            durationSeconds: customization.durationSeconds)
        if customization.outcome == .failed {
            virtualMachines[position].addError(customization.error, at: instant)
            errors.add(
                customization.error, failedAt: instant, ofVM: position,
                names: [customization.vm.name, customization.vm.id])
        }
    }

    /// Adds a successful customization, like `add(_:)` but with only the values that figures need.
    package mutating func addSuccess(
        of vm: CustomizedVM, endpoint: Endpoint, at instant: Timestamp, durationSeconds: Double?
    ) {
        guard instant >= window.since else { return }
        let position = position(of: vm)
        successes.append((Int32(position), instant))
        guard instant < window.until else { return }
        if endpoint == .events { toldByEvents += 1 }
        count(.succeeded, .succeeded, ofVM: position, at: instant, stuckSince: nil, durationSeconds: durationSeconds)
    }

    private mutating func count(
        _ outcome: CustomizationOutcome, _ status: CustomizationStatus, ofVM position: Int, at instant: Timestamp,
        stuckSince: Timestamp?, durationSeconds seconds: Double?
    ) {
        let isClockFault = seconds.map { $0 < 0 } ?? false
        virtualMachines[position].add(
            outcome, status, at: instant, stuckSince: stuckSince, isClockFault: isClockFault)
        let day = days.add(outcome, at: instant, isStuck: stuckSince != nil, isClockFault: isClockFault)
        if let seconds, !isClockFault { durations.add(seconds, vm: position, day: day) }
    }

    /// Adds a collection run with a good poll that began in the window.
    package mutating func addGoodRun(of vCenter: String, at instant: Timestamp) {
        guard window.contains(instant) else { return }
        days.addGoodRun(at: instant)
        vCenters[position(ofVCenter: vCenter)].goodRuns += 1
    }

    /// The report on everything that was added.
    package consuming func build(coverage: ReportCoverage, generatedAt: Timestamp) -> Report {
        let successes = successesOfFailed()
        for (position, instants) in successes.enumerated() {
            for instant in instants { virtualMachines[position].addSuccess(at: instant) }
        }
        durations.sort()
        let statistics = durations.statistics(ofGroups: virtualMachines.count) { Int($0.vm) }
        let vCenters = vCenterReports(coverage)
        let errors = errorGroups(successes)
        var reports = zip(virtualMachines, statistics).compactMap { $0.finish($1) }
        virtualMachines = []
        reports.sortByBadness()
        var summary = CustomizationFigures()
        for vm in reports { summary.add(countsOf: vm.figures) }
        summary.durations = durations.statistics(ofGroups: 1) { _ in 0 }[0]
        var report = Report(
            window: window, generatedAt: generatedAt, timeZone: timeZone, stuckAfterSeconds: stuckAfterSeconds,
            summary: summary, durations: DurationHistogram(durations.seconds),
            virtualMachines: reports, errors: errors,
            days: days.finish(durations, firstGoodRunAt: coverage.firstGoodRunAt),
            vCenters: vCenters, coverage: coverage)
        report.toldByEvents = toldByEvents
        return report
    }

    /// When customizations succeeded, by the positions of the VMs, of which only those that failed matter.
    private func successesOfFailed() -> [[Timestamp]] {
        let hasFailed = virtualMachines.map(\.hasFailed)
        var instants = Array(repeating: [Timestamp](), count: virtualMachines.count)
        for success in successes where hasFailed[Int(success.vm)] { instants[Int(success.vm)].append(success.at) }
        return instants
    }

    /// The errors, each failure with the instant at which its VM recovered.
    private func errorGroups(_ successes: [[Timestamp]]) -> [ErrorGroup] {
        errors.finish { position in
            let vm = virtualMachines[position].vm
            return (vm.vCenter, vm.id)
        } recovering: { position, failedAt in
            successes[position].lazy.filter { $0 > failedAt }.min()
        }
    }

    /// The vCenters with a customization in the window, or on which a run began before its end. One without a run in the window has no
    /// data, which must not be overlooked.
    private func vCenterReports(_ coverage: ReportCoverage) -> [VCenterReport] {
        let statistics = durations.statistics(ofGroups: vCenters.count) { virtualMachines[Int($0.vm)].vCenter }
        var reports = zip(vCenters, statistics).map { vCenter, durations in
            var figures = CustomizationFigures()
            figures.durations = durations
            return VCenterReport(
                name: vCenter.name, virtualMachines: 0, figures: figures, goodRuns: vCenter.goodRuns)
        }
        for vm in virtualMachines where vm.figures.customizations > 0 {
            reports[vm.vCenter].virtualMachines += 1
            reports[vm.vCenter].figures.add(countsOf: vm.figures)
        }
        reports.removeAll { $0.virtualMachines + $0.goodRuns == 0 }
        let known = Set(reports.map(\.name))
        reports += coverage.vCenters.filter { !known.contains($0.vCenter) }.map {
            VCenterReport(name: $0.vCenter, virtualMachines: 0, figures: CustomizationFigures(), goodRuns: 0)
        }
        return reports.sorted { $0.name < $1.name }
    }

    private mutating func position(of vm: CustomizedVM) -> Int {
        let position = positions.position(of: vm)
        if position == virtualMachines.count {
            virtualMachines.append(VirtualMachineAccumulator(vm, vCenter: self.position(ofVCenter: vm.vCenter)))
        }
        return position
    }

    private mutating func position(ofVCenter name: String) -> Int {
        if let position = vCenters.firstIndex(where: { $0.name == name }) { return position }
        vCenters.append((name, 0))
        return vCenters.count - 1
    }
}

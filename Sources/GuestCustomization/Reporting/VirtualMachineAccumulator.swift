/// Sums up one VM's customizations in the window, in any order.
struct VirtualMachineAccumulator {
    let vm: CustomizedVM
    /// Position of its vCenter among those of the report.
    let vCenter: Int
    private(set) var figures = CustomizationFigures()
    private var latest: (status: CustomizationStatus, at: Timestamp)?
    private var latestError: LatestError?
    private var latestStuck: (since: Timestamp, at: Timestamp)?

    var hasFailed: Bool { latestError != nil }

    init(_ vm: CustomizedVM, vCenter: Int) {
        self.vm = vm
        self.vCenter = vCenter
    }

    /// Adds a customization; of two at the same instant, the one added last counts as the later one.
    ///
    /// - Parameter stuckSince: Since when it has been under way, if it is stuck.
    mutating func add(
        _ outcome: CustomizationOutcome, _ status: CustomizationStatus, at instant: Timestamp, stuckSince: Timestamp?,
        isClockFault: Bool
    ) {
        figures.count(outcome, isStuck: stuckSince != nil, isClockFault: isClockFault)
        if latest.map({ $0.at <= instant }) ?? true { latest = (status, instant) }
        if let stuckSince, latestStuck.map({ $0.at <= instant }) ?? true { latestStuck = (stuckSince, instant) }
    }

    mutating func addError(_ error: ReportedError, at instant: Timestamp) {
        if latestError.map({ $0.failedAt <= instant }) ?? true {
            latestError = LatestError(error, failedAt: instant)
        }
    }

    /// Notes that a customization succeeded, in the window or after it; call it once all failures are known.
    mutating func addSuccess(at instant: Timestamp) {
        guard let failedAt = latestError?.failedAt, instant > failedAt else { return }
        let recoveredAt = latestError?.recoveredAt ?? instant
        latestError?.recoveredAt = min(instant, recoveredAt)
    }

    /// `nil` if no customization of the VM lies in the window.
    func finish(_ durations: DurationStatistics?) -> VirtualMachineReport? {
        guard let latest else { return nil }
        var figures = figures
        figures.durations = durations
        return VirtualMachineReport(
            vCenter: vm.vCenter, vm: vm.id, instanceUUID: vm.instanceUUID, name: vm.name, isListed: vm.isListed,
            figures: figures, latestStatus: latest.status, latestError: latestError, stuckSince: latestStuck?.since)
    }
}

/// Adds one VM's customizations up, in the order of their instants.
struct VirtualMachineAccumulator {
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

import GuestCustomization

/// A vCenter with scripted answers.
struct ScriptedSource: CustomizationSource {
    var vms: Result<[VirtualMachine], HistoryError>
    var answer: @Sendable (String) async throws(HistoryError) -> Answer = { _ in .notAvailable }

    /// Whether the list is put together from several answers.
    var isPieced = false

    func virtualMachines() async throws(HistoryError) -> VirtualMachineList {
        var list = VirtualMachineList(try vms.get(), isWhole: true)
        list.isPieced = isPieced
        return list
    }
    /// The time at which a VM's request is sent, by the collector's clock.
    var sentAt: @Sendable (String) -> Duration = { _ in .zero }
    func lastCustomization(of vm: String, endpoint: Endpoint) async throws(HistoryError) -> TimedAnswer {
        TimedAnswer(try await answer(vm), sentAt: sentAt(vm))
    }
    var identify: @Sendable (String) async -> Void = { _ in }
    /// VMs that the vCenter does not have.
    var unknown: Set<String> = []
    func identity(of vm: String) async -> VirtualMachineIdentity? {
        await identify(vm)
        return VirtualMachineIdentity(vm: vm, instanceUUID: unknown.contains(vm) ? nil : "uuid of \(vm)")
    }
}

extension Answer {
    static let notAvailable = Answer(
        result: .reported, httpStatus: 200, info: CustomizationInfo(status: .notAvailable))
}

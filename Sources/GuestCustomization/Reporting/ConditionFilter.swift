/// Which VMs of a report are listed, by their condition.
package enum ConditionFilter: String, CaseIterable, Hashable, Sendable {
    /// The latest failure was not followed by a success.
    case failing
    /// A customization has been running or pending for too long.
    case stuck
    /// A customization ended unseen.
    case lost
    /// It failed, and has succeeded since.
    case recovered

    func includes(_ vm: VirtualMachineReport) -> Bool {
        switch self {
        case .failing: vm.condition == .failing
        case .stuck: vm.figures.stuck > 0
        case .lost: vm.figures.lost > 0
        // Also if it is stuck again.
        case .recovered: vm.isListed && vm.latestError?.recoveredAt != nil
        }
    }
}

extension Report {
    /// The same report, listing only the VMs in one of these conditions.
    package func only(_ conditions: [ConditionFilter]) -> Report {
        guard !conditions.isEmpty else { return self }
        var report = self
        report.filter.conditions = conditions
        report.listing = Listing(
            virtualMachines: listedVirtualMachines.filter { vm in conditions.contains { $0.includes(vm) } },
            errors: listedErrors)
        return report
    }
}

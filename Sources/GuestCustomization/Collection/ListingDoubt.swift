/// A list of VMs so short that the account may lack rights: its VMs are polled, but no other VM is taken for gone.
package struct ListingDoubt: Hashable, Sendable {
    /// Which of the vCenter's VMs were listed.
    package var selection: VirtualMachineList.Selection
    /// VMs in the list.
    package var virtualMachines: Int
    /// VMs in the list of the run before; `nil` if there was none.
    package var before: Int?

    /// It is rare that a vCenter loses so many VMs between two runs and keeps fewer than one in ten. One run later the list is believed,
    /// since by then the run before has few VMs too.
    private static let manyVMs = 100

    /// `nil` if there is no reason to doubt the list.
    ///
    /// - Parameter before: How many VMs the latest run that listed any has listed.
    init?(_ list: VirtualMachineList, before: Int?) {
        // It is known why VMs are missing.
        guard list.unlisted.isEmpty else { return nil }
        let count = list.virtualMachines.count
        let isCollapsed = list.selection == .all && before.map { $0 >= Self.manyVMs && count < $0 / 10 } ?? false
        guard (count == 0 && list.unusable == 0) || isCollapsed else { return nil }
        selection = list.selection
        virtualMachines = count
        self.before = before
    }

    /// One line: what was listed, what the run before had, what to look for.
    package var message: String {
        let before = before.map { ", \($0) in the run before" } ?? ""
        return switch selection {
        case .all where virtualMachines > 0:
            "\(virtualMachines) VMs\(before): has the account lost System.View on the others? No VM is considered gone unless the next run lists as few"
        case .all where self.before == nil:
            "0 VMs: the account sees none; give it Read-only on the VMs, or on a folder above them"
        case .all: "0 VMs\(before): has the account lost System.View?"
        case .filtered: "0 VMs\(before): no VM that the account sees matches the filters of the configuration file"
        case .chosen: "0 VMs: no VM that the vCenter lists has a name or managed object id that --vm matches"
        }
    }
}

/// A list of VMs that is so short that rights, rather than VMs, may be missing: it is polled, and nothing is concluded from it.
package struct ListingDoubt: Hashable, Sendable {
    package var selection: VirtualMachineList.Selection
    /// VMs in the list.
    package var virtualMachines: Int
    /// VMs in the list of the run before; `nil` where there was none.
    package var before: Int?

    /// A vCenter that loses so many VMs between two runs, and keeps less than one in ten, is seldom; one run later it is believed,
    /// since the run before has few VMs too.
    private static let manyVMs = 100

    /// `nil` if the list is not to be doubted.
    ///
    /// - Parameter before: How many VMs the run before listed that listed any.
    init?(_ list: VirtualMachineList, before: Int?) {
        // Then it is known why VMs are missing.
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
            "\(virtualMachines) VMs\(before): has the account lost System.View on the others? None is taken for gone unless the next run lists as few"
        case .all where self.before == nil:
            "0 VMs: the account sees none; give it Read-only on the VMs, or on a folder above them"
        case .all: "0 VMs\(before): has the account lost System.View?"
        case .filtered: "0 VMs\(before): no VM that the account sees matches the filters of the configuration file"
        case .chosen: "0 VMs: no VM that the vCenter lists has a name or managed object id that --vm matches"
        }
    }
}

/// A VM on which customizations ran. All customizations of a VM that are read together share one instance: a report may read a million.
package final class CustomizedVM: Hashable, Sendable {
    /// Name of the vCenter.
    package let vCenter: String
    /// Managed object id; two vCenters may use the same id for different VMs, and one vCenter may reuse it.
    package let id: String
    /// Distinguishes VMs that have the same managed object id; `nil` while unknown.
    package let instanceUUID: String?
    /// The latest known name.
    package let name: String
    /// False if the VM is gone (see "listed" in docs/design.md §1).
    package let isListed: Bool
    /// A small number, unique among the VMs that are read together; `nil` if it has none.
    package let number: Int?
    /// Its row in the history; `nil` if it does not come from one.
    package let row: VirtualMachineRow?

    package init(
        vCenter: String, id: String, instanceUUID: String? = nil, name: String, isListed: Bool = true,
        number: Int? = nil, row: VirtualMachineRow? = nil
    ) {
        self.vCenter = vCenter
        self.id = id
        self.instanceUUID = instanceUUID
        self.name = name
        self.isListed = isListed
        self.number = number
        self.row = row
    }

    package static func == (left: CustomizedVM, right: CustomizedVM) -> Bool {
        left === right
            || (left.id == right.id && left.vCenter == right.vCenter && left.instanceUUID == right.instanceUUID
                && left.name == right.name && left.isListed == right.isListed)
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(id)
        hasher.combine(vCenter)
    }
}

/// The number of a VM in its history. It stays the same when the VM or its vCenter is renamed, and when customizations are rebuilt.
package struct VirtualMachineRow: RawRepresentable, Hashable, Sendable {
    package let rawValue: Int64

    package init(rawValue: Int64) { self.rawValue = rawValue }
}

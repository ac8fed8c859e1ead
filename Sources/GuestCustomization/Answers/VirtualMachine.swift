/// A VM as a listing shows it.
package struct VirtualMachine: Hashable, Sendable {
    /// Managed object id, such as `vm-42`; unique within one vCenter only.
    package var id: String
    /// Display name; neither unique nor constant.
    package var name: InventoryName
    /// `POWERED_ON`, `POWERED_OFF`, `SUSPENDED` or an unknown word; `nil` where the listing left it out.
    package var powerState: String?

    /// - Parameter name: As the server sent it.
    package init(id: String, name: String, powerState: String? = nil) {
        self.id = id
        self.name = InventoryName(raw: name)
        self.powerState = powerState
    }
}

/// What identifies a VM permanently.
package struct VirtualMachineIdentity: Hashable, Sendable {
    /// Managed object id, such as `vm-42`; a VM that is registered again gets a new one.
    package var vm: String
    /// Unique in one vCenter and never changed; `nil` where the vCenter does not report it.
    package var instanceUUID: String?

    package init(vm: String, instanceUUID: String?) {
        self.vm = vm
        self.instanceUUID = instanceUUID
    }
}

/// A VM as a listing shows it.
public struct VirtualMachine: Hashable, Sendable {
    /// Managed object id, such as `vm-42`; unique within one vCenter only.
    public var id: String
    /// Display name; neither unique nor constant.
    public var name: InventoryName
    /// `POWERED_ON`, `POWERED_OFF`, `SUSPENDED` or a word not known; `nil` where the listing left it out.
    public var powerState: String?

    /// - Parameter name: As the server sent it.
    public init(id: String, name: String, powerState: String? = nil) {
        self.id = id
        self.name = InventoryName(raw: name)
        self.powerState = powerState
    }
}

/// What tells a VM from others for good.
public struct VirtualMachineIdentity: Hashable, Sendable {
    /// Managed object id, such as `vm-42`; a VM that is registered again gets another.
    public var vm: String
    /// Unique in one vCenter and kept for life; `nil` where the vCenter does not say.
    public var instanceUUID: String?

    public init(vm: String, instanceUUID: String?) {
        self.vm = vm
        self.instanceUUID = instanceUUID
    }
}

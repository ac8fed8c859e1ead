/// A VM as a listing shows it.
public struct VirtualMachine: Hashable, Sendable {
    /// Managed object id, such as `vm-42`; unique within one vCenter only.
    public var id: String
    /// Display name; neither unique nor constant.
    public var name: String
    /// `POWERED_ON`, `POWERED_OFF`, `SUSPENDED` or a word not known; `nil` where the listing left it out.
    public var powerState: String?

    public init(id: String, name: String, powerState: String? = nil) {
        self.id = id
        self.name = name
        self.powerState = powerState
    }
}

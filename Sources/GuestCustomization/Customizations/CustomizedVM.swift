/// A VM that customizations ran on. All customizations of a VM that are read together share one: a report reads a million.
public final class CustomizedVM: Hashable, Sendable {
    /// Name of the vCenter.
    public let vCenter: String
    /// Managed object id; two vCenters may use the same for two VMs.
    public let id: String
    /// The latest known name.
    public let name: String
    /// A small number that, of all VMs that are read together, is this object's alone; `nil` if it has none.
    public let number: Int?

    public init(vCenter: String, id: String, name: String, number: Int? = nil) {
        self.vCenter = vCenter
        self.id = id
        self.name = name
        self.number = number
    }

    public static func == (left: CustomizedVM, right: CustomizedVM) -> Bool {
        left === right || (left.id == right.id && left.vCenter == right.vCenter && left.name == right.name)
    }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(id)
        hasher.combine(vCenter)
    }
}

/// A VM that customizations ran on. All customizations of a VM that are read together share one: a report reads a million.
public final class CustomizedVM: Hashable, Sendable {
    /// Name of the vCenter.
    public let vCenter: String
    /// Managed object id; two vCenters may use the same for two VMs, and one vCenter may hand it out again.
    public let id: String
    /// What tells two VMs of one managed object id apart; `nil` while unknown.
    public let instanceUUID: String?
    /// The latest known name.
    public let name: String
    /// Whether it is not gone (see "listed" in docs/design.md §1).
    public let isListed: Bool
    /// A small number that, of all VMs that are read together, is this object's alone; `nil` if it has none.
    public let number: Int?

    public init(
        vCenter: String, id: String, instanceUUID: String? = nil, name: String, isListed: Bool = true,
        number: Int? = nil
    ) {
        self.vCenter = vCenter
        self.id = id
        self.instanceUUID = instanceUUID
        self.name = name
        self.isListed = isListed
        self.number = number
    }

    public static func == (left: CustomizedVM, right: CustomizedVM) -> Bool {
        left === right
            || (left.id == right.id && left.vCenter == right.vCenter && left.instanceUUID == right.instanceUUID
                && left.name == right.name && left.isListed == right.isListed)
    }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(id)
        hasher.combine(vCenter)
    }
}

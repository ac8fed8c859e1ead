import GuestCustomization

/// An object that contains VMs: a folder, a cluster, a host or a datacenter.
struct InventoryObject: Hashable, Sendable {
    /// Managed object id, such as `group-v12`.
    var id: String
    var name: InventoryName
}

extension InventoryObject {
    /// One element of the list of folders, clusters, hosts or datacenters. Its id is the member named after its kind; an object without a
    /// name is called by its id. `nil` if it is not of this kind.
    init?(wire: JSONValue, kind: InventoryKind) {
        guard let id = wire[kind.rawValue]?.string else { return nil }
        self.init(id: id, name: InventoryName(raw: wire["name"]?.string ?? id))
    }
}

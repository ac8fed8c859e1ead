import GuestCustomization

/// One element of the list of folders, clusters, hosts or datacenters. Its id stands under the name of its kind.
struct WireInventoryObject: Decodable, Sendable {
    private let properties: [String: Lenient<String>]

    init(from decoder: any Decoder) throws {
        properties = try [String: Lenient<String>](from: decoder)
    }

    /// `nil` if the object is not of this kind. One without a name is called by its id.
    func object(as kind: InventoryKind) -> InventoryObject? {
        guard let id = properties[kind.rawValue]?.value else { return nil }
        return InventoryObject(id: id, name: InventoryName(raw: properties["name"]?.value ?? id))
    }
}

/// What contains VMs: a folder, a cluster, a host or a datacenter.
struct InventoryObject: Hashable, Sendable {
    /// Managed object id, such as `group-v12`.
    var id: String
    var name: InventoryName
}

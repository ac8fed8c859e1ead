/// One element of the list of folders, clusters, hosts or datacenters. Its id stands under the name of its kind.
struct WireInventoryObject: Decodable {
    private let properties: [String: Lenient<String>]

    init(from decoder: any Decoder) throws {
        properties = try [String: Lenient<String>](from: decoder)
    }

    /// Managed object id, such as `group-v12`; `nil` if the object is not of this kind.
    func id(as kind: InventoryKind) -> String? { properties[kind.rawValue]?.value }
}

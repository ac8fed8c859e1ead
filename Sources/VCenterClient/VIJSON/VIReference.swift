/// A reference to a managed object.
struct VIReference: Hashable, Sendable {
    /// The object's class, such as `VirtualMachine`.
    var type: String
    /// Managed object id, such as `vm-42`.
    var id: String

    /// Bytes. Ids of collectors have about a hundred.
    private static let maximumSize = 1024

    init(type: String, id: String) {
        self.type = type
        self.id = id
    }

    /// `nil` if it is not a reference.
    init?(wire: JSONValue?) {
        guard let id = wire?["value"]?.string, let type = wire?["type"]?.string, !id.isEmpty, !type.isEmpty,
            // They become segments of a path.
            ![id, type].contains(where: [".", ".."].contains), id.utf8.count <= Self.maximumSize,
            type.utf8.count <= Self.maximumSize
        else { return nil }
        self.init(type: type, id: id)
    }

    var wire: JSONValue {
        ["_typeName": "ManagedObjectReference", "type": .string(type), "value": .string(id)]
    }
}

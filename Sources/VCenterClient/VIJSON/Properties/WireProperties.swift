import GuestCustomization

/// An object with some of its properties, as the property collector writes it.
struct WireProperties: Sendable {
    var object: VIReference
    private var values: [String: JSONValue] = [:]
    /// The classes of the faults for which properties are missing.
    var missing: [String] = []
    /// The object as it is written.
    private let json: ArraySlice<UInt8>

    /// `nil` if it names no object.
    init?(wire: JSONValue, json: ArraySlice<UInt8>) {
        guard let object = VIReference(wire: wire["obj"]) else { return nil }
        self.object = object
        self.json = json
        let properties = wire["propSet"]?.array ?? []
        values.reserveCapacity(properties.count)
        for property in properties {
            guard let name = property["name"]?.string, let value = property["val"], values[name] == nil else {
                continue
            }
            values[name] = value
        }
        missing = (wire["missingSet"]?.array ?? []).map { missing in
            missing["fault"].flatMap(VIFault.init(wire:))?.kind.rawValue ?? "unknown"
        }
    }

    /// A value without its box. Whatever the box says, the value inside counts.
    subscript(name: String) -> JSONValue? {
        guard let value = values[name] else { return nil }
        return value["_value"] ?? value
    }

    /// A value as it is written, its box included.
    func raw(_ name: String) -> [UInt8]? {
        guard let properties = JSONElements.value(of: "propSet", in: json).flatMap(JSONElements.slices) else {
            return nil
        }
        let named = properties.first { property in
            JSONElements.value(of: "name", in: property).map { JSONReader.value(of: Array($0))?.string } == name
        }
        return named.flatMap { JSONElements.value(of: "val", in: $0) }.map(Array.init)
    }

    /// A text that is not empty. vCenter's texts of this kind have at most a few hundred bytes.
    func text(_ name: String) -> String? {
        self[name]?.string.flatMap { $0.isEmpty || $0.utf8.count > 4096 ? nil : $0 }
    }

    func bool(_ name: String) -> Bool? {
        if case .bool(let value)? = self[name] { value } else { nil }
    }

    func reference(_ name: String) -> VIReference? { VIReference(wire: self[name]) }
}

/// A part of a result.
struct WirePropertyPage: Sendable {
    var objects: [WireProperties]
    /// `nil` at the end.
    var token: String?
    /// When the request was sent.
    var sentAt: Duration

    /// An empty body is an empty result. `nil` if it is none.
    init?(_ body: [UInt8], sentAt: Duration) {
        objects = []
        self.sentAt = sentAt
        if body.isEmpty || body.starts(with: "null".utf8) { return }
        guard let members = JSONElements.members(of: body[...]) else { return nil }
        for slice in members["objects"].flatMap(JSONElements.slices) ?? [] {
            guard let wire = JSONReader.value(of: Array(slice)) else { return nil }
            if let object = WireProperties(wire: wire, json: slice) { objects.append(object) }
        }
        token = members["token"].flatMap { JSONReader.value(of: Array($0))?.string }.flatMap { $0.isEmpty ? nil : $0 }
    }
}

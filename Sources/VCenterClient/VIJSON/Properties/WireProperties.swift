import GuestCustomization

/// An object with some of its properties, as the property collector writes it.
struct WireProperties: Sendable {
    var object: VIReference
    private var values: [String: JSONValue] = [:]
    /// The classes of the faults for which properties are missing.
    var missing: [String] = []

    /// `nil` if it names no object.
    init?(wire: JSONValue) {
        guard let object = VIReference(wire: wire["obj"]) else { return nil }
        self.object = object
        for property in wire["propSet"]?.array ?? [] {
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

    /// An empty body is an empty result. `nil` if it is none.
    init?(_ body: [UInt8]) {
        objects = []
        if body.isEmpty || body.starts(with: "null".utf8) { return }
        guard let wire = JSONReader.value(of: body), wire.members != nil else { return nil }
        objects = (wire["objects"]?.array ?? []).compactMap(WireProperties.init(wire:))
        token = wire["token"]?.string.flatMap { $0.isEmpty ? nil : $0 }
    }
}

import GuestCustomization

extension CustomizationEvent {
    /// Bytes. No real message is longer; the JSON has it whole.
    private static let maximumText = 16 * 1024

    /// The numbers that events have.
    private static let keys = 0...Int64(Int32.max)

    /// An event as vCenter writes it; a member of the wrong type counts as missing. `nil` without a key or a class.
    init?(json: ArraySlice<UInt8>) {
        let json = Array(json)
        guard let wire = JSONReader.value(of: json), let key = wire["key"]?.integer, Self.keys.contains(key),
            let type = wire["_typeName"]?.string, type.utf8.count <= 256
        else { return nil }
        func text(_ name: String) -> String? {
            wire[name]?.string.flatMap {
                $0.isEmpty ? nil : $0.utf8.count <= Self.maximumText ? $0 : $0.cut(to: Self.maximumText)
            }
        }
        self.init(
            key: key, type: CustomizationEventType(rawValue: type),
            createdAt: wire["createdTime"]?.string.flatMap(Timestamp.init(rfc3339:)), userName: text("userName"),
            vm: EventVirtualMachine(wire: wire["vm"]), reason: text("reason"), logLocation: text("logLocation"),
            message: text("fullFormattedMessage"), json: json)
    }
}

extension EventVirtualMachine {
    /// An event's argument that names a VM. `nil` if it names none.
    init?(wire: JSONValue?) {
        let id = VIReference(wire: wire?["vm"])?.id
        let name = wire?["name"]?.string.flatMap { $0.isEmpty ? nil : InventoryName(raw: $0.cut(to: 2048)) }
        guard id != nil || name != nil else { return nil }
        self.init(id: id, name: name)
    }
}

extension String {
    /// Its beginning in whole characters of Unicode, at most this many bytes.
    fileprivate func cut(to size: Int) -> String {
        guard utf8.count > size else { return self }
        var end = utf8.index(startIndex, offsetBy: size)
        while end > startIndex, end.samePosition(in: unicodeScalars) == nil { end = utf8.index(before: end) }
        return String(self[..<end])
    }
}

import Foundation
import GuestCustomization

extension VirtualMachine {
    /// One element of `GET /api/vcenter/vm`. Nothing can be polled without an id: `nil` if the element has no id of
    /// at most 256 visible ASCII characters.
    init?(wire: JSONValue) {
        guard let id = wire["vm"]?.string, !id.isEmpty, id.utf8.count <= 256,
            // It becomes a segment of a path.
            id != ".", id != "..", id.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
        else { return nil }
        self.init(id: id, name: wire["name"]?.string ?? id, powerState: wire["power_state"]?.string)
    }
}

/// The part of `GET /api/vcenter/vm/{vm}` that identifies the VM permanently.
enum WireIdentity {
    /// A VM with many disks and adapters has about ten KiB.
    static let bodyLimit = 1024 * 1024

    /// In lower case; `nil` unless it is a UUID.
    static func instanceUUID(in wire: JSONValue) -> String? {
        wire["identity"]?["instance_uuid"]?.string.flatMap { UUID(uuidString: $0)?.uuidString.lowercased() }
    }
}

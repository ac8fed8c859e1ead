import Foundation
import GuestCustomization

extension VirtualMachine {
    /// One element of `GET /api/vcenter/vm`. Without an id nothing can be polled: `nil` for an element without one that is
    /// visible ASCII, 256 characters at most.
    init?(wire: JSONValue) {
        guard let id = wire["vm"]?.string, !id.isEmpty, id.utf8.count <= 256,
            id.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
        else { return nil }
        self.init(id: id, name: wire["name"]?.string ?? id, powerState: wire["power_state"]?.string)
    }
}

/// What of `GET /api/vcenter/vm/{vm}` tells the VM from others for good.
enum WireIdentity {
    /// A VM with many disks and adapters has some ten KiB.
    static let bodyLimit = 1024 * 1024

    /// In lower case; `nil` unless it is a UUID.
    static func instanceUUID(in wire: JSONValue) -> String? {
        wire["identity"]?["instance_uuid"]?.string.flatMap { UUID(uuidString: $0)?.uuidString.lowercased() }
    }
}

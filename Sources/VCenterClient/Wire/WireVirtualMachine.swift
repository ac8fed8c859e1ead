import Foundation
import GuestCustomization

/// One element of `GET /api/vcenter/vm`. Without an id nothing can be polled: an element without one cannot be decoded.
struct WireVirtualMachine: Decodable, Sendable {
    var virtualMachine: VirtualMachine

    private enum Key: String, CodingKey { case vm, name, powerState = "power_state" }

    init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: Key.self)
        let id = try fields.decode(String.self, forKey: .vm)
        guard !id.isEmpty, id.utf8.count <= 256, id.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            throw DecodingError.dataCorruptedError(
                forKey: .vm, in: fields, debugDescription: "no managed object id: visible ASCII, 256 characters at most"
            )
        }
        virtualMachine = VirtualMachine(
            id: id, name: fields.lenient(String.self, .name) ?? id, powerState: fields.lenient(String.self, .powerState)
        )
    }
}

/// What of `GET /api/vcenter/vm/{vm}` tells the VM from others for good.
struct WireIdentity: Decodable {
    /// A VM with many disks and adapters has some ten KiB.
    static let bodyLimit = 1024 * 1024

    /// In lower case; `nil` unless it is a UUID.
    var instanceUUID: String?

    private enum Key: String, CodingKey { case identity }
    private enum IdentityKey: String, CodingKey { case instanceUUID = "instance_uuid" }

    init(from decoder: any Decoder) throws {
        let identity = try? decoder.container(keyedBy: Key.self)
            .nestedContainer(keyedBy: IdentityKey.self, forKey: .identity)
        instanceUUID = identity?.lenient(String.self, .instanceUUID).flatMap {
            UUID(uuidString: $0)?.uuidString.lowercased()
        }
    }
}

import GuestCustomization

/// One element of `GET /api/vcenter/vm`. Without an id nothing can be polled, so an element without one is refused.
struct WireVirtualMachine: Decodable {
    var virtualMachine: VirtualMachine

    private enum Key: String, CodingKey { case vm, name, powerState = "power_state" }

    init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: Key.self)
        let id = try fields.decode(String.self, forKey: .vm)
        virtualMachine = VirtualMachine(
            id: id, name: fields.lenient(String.self, .name) ?? id, powerState: fields.lenient(String.self, .powerState)
        )
    }
}

/// One element of `GET /api/vcenter/host`.
struct WireHost: Decodable {
    /// Managed object id, such as `host-12`.
    var host: String
}

/// A kind of object that contains VMs and can be filtered by. The raw value names the list and the id in each of its elements.
enum InventoryKind: String, CaseIterable, Sendable {
    case folder, cluster, host, datacenter

    /// The filter by ids of this kind, in its own list and in the list of VMs.
    var idFilter: String { rawValue + "s" }

    /// Whether a text has the form of a managed object id of this kind. An object's name may have that form too.
    func mayBeID(_ text: String) -> Bool {
        let prefix =
            switch self {
            case .folder: "group-v"
            case .cluster: "domain-c"
            case .host: "host-"
            case .datacenter: "datacenter-"
            }
        let digits = text.utf8.dropFirst(prefix.utf8.count)
        return text.hasPrefix(prefix) && !digits.isEmpty && digits.allSatisfy { (0x30...0x39).contains($0) }
    }
}

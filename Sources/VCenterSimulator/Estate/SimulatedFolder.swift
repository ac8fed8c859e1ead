/// A folder of the simulated estate.
///
/// Each datacenter has a folder of VMs that contains two more, Linux and Windows, and a folder of hosts that contains another one
/// called Linux: a folder's name is meaningful only with its place and type. Linux contains Web/Front, and that
/// contains 50% Zürich: nested folders with names that vCenter escapes.
package struct SimulatedFolder: Sendable {
    /// What a folder contains, in the words of vCenter's API.
    package enum FolderType: String, CaseIterable, Sendable {
        case datacenter = "DATACENTER"
        case datastore = "DATASTORE"
        case host = "HOST"
        case network = "NETWORK"
        case virtualMachine = "VIRTUAL_MACHINE"
    }

    /// Managed object id, such as `group-v10`.
    package let id: String
    /// The unescaped name; answers contain it as vCenter writes it.
    package let name: String
    /// What it contains.
    package let type: FolderType
    /// Identifier of its datacenter; empty for the root.
    package let datacenter: String
    /// Identifier of its parent folder; empty for the root.
    package let parent: String

    /// The folders of these hosts' datacenters.
    static func folders(of hosts: [SimulatedHost]) -> [SimulatedFolder] {
        let root = SimulatedFolder(id: "group-d1", name: "Datacenters", type: .datacenter, datacenter: "", parent: "")
        return [root]
            + hosts.first(ofEach: \.datacenter).flatMap { host in
                let number = host.datacenterNumber * 10
                func folder(_ id: String, _ name: String, _ type: FolderType, in parent: String) -> SimulatedFolder {
                    SimulatedFolder(id: id, name: name, type: type, datacenter: host.datacenter, parent: parent)
                }
                return [
                    folder("group-v\(number)", "vm", .virtualMachine, in: root.id),
                    folder("group-v\(number + 1)", "Linux", .virtualMachine, in: "group-v\(number)"),
                    folder("group-v\(number + 2)", "Windows", .virtualMachine, in: "group-v\(number)"),
                    folder("group-v\(number + 3)", "Web/Front", .virtualMachine, in: "group-v\(number + 1)"),
                    folder("group-v\(number + 4)", "50% Zu\u{308}rich", .virtualMachine, in: "group-v\(number + 3)"),
                    folder("group-h\(number)", "host", .host, in: root.id),
                    folder("group-h\(number + 1)", "Linux", .host, in: "group-h\(number)"),
                ]
            }
    }

    /// Identifier of a VM's folder: one in eight Linux VMs is one level deeper, and one in eight two levels.
    static func id(of vm: SimulatedVirtualMachine) -> String {
        let depth =
            switch vm.id.utf8.last.map({ $0 % 8 }) {
            case 1: 3
            case 2: 4
            default: 1
            }
        return "group-v\(vm.host.datacenterNumber * 10 + (vm.guest == .linux ? depth : 2))"
    }
}

extension Array {
    /// The first element with each value of a property, in order.
    func first<Value: Hashable>(ofEach property: (Element) -> Value) -> [Element] {
        var seen = Set<Value>()
        return filter { seen.insert(property($0)).inserted }
    }
}

/// A folder of the simulated estate.
///
/// Each datacenter has a folder of VMs with two more in it, Linux and Windows, and a folder of hosts with one more in it that is
/// called Linux too: names of folders mean something only together with their place and type. In Linux lies Web/Front, and in that
/// one 50% Zürich: folders in folders, with names that vCenter escapes.
package struct SimulatedFolder: Sendable {
    package enum FolderType: String, CaseIterable, Sendable {
        case datacenter = "DATACENTER"
        case datastore = "DATASTORE"
        case host = "HOST"
        case network = "NETWORK"
        case virtualMachine = "VIRTUAL_MACHINE"
    }

    package let id: String
    /// As people see it; answers hold it as vCenter writes it.
    package let name: String
    package let type: FolderType
    /// Identifier of the datacenter that it is in; empty for the root.
    package let datacenter: String
    /// Identifier of the folder that it is in; empty for the root.
    package let parent: String

    /// The folders of the datacenters that these hosts are in.
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

    /// Identifier of the folder of a VM: every eighth with Linux lies one deeper, and every eighth two.
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
    /// The first element of each value of a property, in their order.
    func first<Value: Hashable>(ofEach property: (Element) -> Value) -> [Element] {
        var seen = Set<Value>()
        return filter { seen.insert(property($0)).inserted }
    }
}

/// The answers of `GET /api/vcenter/vm`, `host`, `folder`, `cluster` and `datacenter`: repeatable filters, and a limit.
///
/// More matches than the limit are an error, not a shortened list.
struct Listing {
    /// 4000 in vCenter.
    var virtualMachineLimit: Int
    /// 2500 in vCenter.
    var hostLimit: Int
    /// For folders, clusters and datacenters each: 1000 in vCenter.
    var containerLimit: Int
    /// HTTP status of the error.
    var tooManyMatchesStatus: Int
    /// Whether names are compared unescaped.
    var comparesNamesDecoded = false

    private typealias Properties<Object> = [String: (Object) -> String]

    func virtualMachines(_ entries: [Estate.Entry], query: [String: [String]]) -> SimulatedResponse {
        let properties: Properties<Estate.Entry> = [
            "vms": \.machine.id, "names": \.machine.name, "folders": \.machine.folder,
            "datacenters": \.machine.host.datacenter, "hosts": \.machine.host.id,
            "clusters": \.machine.host.cluster, "resource_pools": \.machine.host.resourcePool,
            "power_states": \.machine.powerState,
        ]
        let powerStates: Set = ["POWERED_ON", "POWERED_OFF", "SUSPENDED"]
        return list("vm", entries, properties, query, words: ["power_states": powerStates], virtualMachineLimit) {
            $0.raw($1.listingJSON)
        }
    }

    func hosts(_ hosts: [SimulatedHost], query: [String: [String]]) -> SimulatedResponse {
        let properties: Properties<SimulatedHost> = [
            "hosts": \.id, "names": \.name, "clusters": \.cluster, "datacenters": \.datacenter,
        ]
        return list("host", hosts, properties, query, hostLimit) { json, host in
            json.summary(
                of: "host", host.id, named: host.name, #""connection_state":"CONNECTED","power_state":"POWERED_ON""#)
        }
    }

    func folders(_ folders: [SimulatedFolder], query: [String: [String]]) -> SimulatedResponse {
        let properties: Properties<SimulatedFolder> = [
            "folders": \.id, "names": \.name, "type": \.type.rawValue, "datacenters": \.datacenter,
            "parent_folders": \.parent,
        ]
        let types = Set(SimulatedFolder.FolderType.allCases.map(\.rawValue))
        return list("folder", folders, properties, query, words: ["type": types], containerLimit) { json, folder in
            json.summary(of: "folder", folder.id, named: folder.name, #""type":"\#(folder.type.rawValue)""#)
        }
    }

    func clusters(_ hosts: [SimulatedHost], query: [String: [String]]) -> SimulatedResponse {
        let properties: Properties<SimulatedHost> = [
            "clusters": \.cluster, "names": \.clusterName, "datacenters": \.datacenter,
        ]
        return list("cluster", hosts.first(ofEach: \.cluster), properties, query, containerLimit) { json, host in
            json.summary(of: "cluster", host.cluster, named: host.clusterName, #""ha_enabled":true,"drs_enabled":true"#)
        }
    }

    func datacenters(_ hosts: [SimulatedHost], query: [String: [String]]) -> SimulatedResponse {
        let properties: Properties<SimulatedHost> = ["datacenters": \.datacenter, "names": \.datacenterName]
        return list("datacenter", hosts.first(ofEach: \.datacenter), properties, query, containerLimit) { json, host in
            json.summary(of: "datacenter", host.datacenter, named: host.datacenterName)
        }
    }

    /// - Parameter words: Filters that accept only these values.
    private func list<Object>(
        _ kind: String, _ objects: [Object], _ properties: Properties<Object>, _ query: [String: [String]],
        words: [String: Set<String>] = [:], _ limit: Int, _ write: (inout JSONWriter, Object) -> Void
    ) -> SimulatedResponse {
        var matches = objects
        for (name, values) in query {
            guard let property = properties[name] else { return .invalidArgument(name, values.first ?? "") }
            if let words = words[name], let unknown = values.first(where: { !words.contains($0) }) {
                return .invalidArgument(name, unknown)
            }
            if name == "names" {
                // Compare bytes: a server treats two Unicode forms of one character as different names.
                let wanted = Set(values.map { Array($0.utf8) })
                matches.removeAll {
                    let name = property($0)
                    return !wanted.contains(Array((comparesNamesDecoded ? name : name.escapedAsByVCenter).utf8))
                }
                continue
            }
            let wanted = Set(values)
            matches.removeAll { !wanted.contains(property($0)) }
        }
        guard matches.count <= limit else {
            return .tooManyMatches(of: kind, limit: limit, status: tooManyMatchesStatus)
        }
        return .ok { $0.array(matches, write) }
    }
}

extension JSONWriter {
    /// `{"host":"host-12","name":"…",…}`
    fileprivate mutating func summary(of kind: String, _ id: String, named name: String, _ rest: String = "") {
        raw("{\"\(kind)\":")
        string(id)
        raw(#","name":"#)
        inventoryName(name)
        raw(rest.isEmpty ? "}" : ",\(rest)}")
    }
}

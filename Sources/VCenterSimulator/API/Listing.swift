/// The answers of `GET /api/vcenter/vm` and `GET /api/vcenter/host`: filters that may be repeated, and a limit.
///
/// More matches than the limit are an error, not a shortened list.
struct Listing {
    /// 4000 in vCenter.
    var virtualMachineLimit: Int
    /// 2500 in vCenter.
    var hostLimit: Int
    /// HTTP status of the error.
    var tooManyMatchesStatus: Int

    private static let powerStates: Set<String> = ["POWERED_ON", "POWERED_OFF", "SUSPENDED"]

    func virtualMachines(_ entries: [Estate.Entry], query: [String: [String]]) -> SimulatedResponse {
        var matches = entries
        for (name, values) in query {
            let wanted = Set(values)
            switch name {
            case "vms": matches.removeAll { !wanted.contains($0.machine.id) }
            case "names": matches.removeAll { !wanted.contains($0.machine.name) }
            case "folders": matches.removeAll { !wanted.contains($0.machine.folder) }
            case "datacenters": matches.removeAll { !wanted.contains($0.machine.host.datacenter) }
            case "hosts": matches.removeAll { !wanted.contains($0.machine.host.id) }
            case "clusters": matches.removeAll { !wanted.contains($0.machine.host.cluster) }
            case "resource_pools": matches.removeAll { !wanted.contains($0.machine.host.resourcePool) }
            case "power_states":
                if let unknown = values.first(where: { !Self.powerStates.contains($0) }) {
                    return .invalidArgument(name, unknown)
                }
                matches.removeAll { !wanted.contains($0.machine.powerState) }
            default:
                return .invalidArgument(name, values.first ?? "")
            }
        }
        guard matches.count <= virtualMachineLimit else {
            return .tooManyMatches(of: "vm", limit: virtualMachineLimit, status: tooManyMatchesStatus)
        }
        return .ok { json in json.array(matches) { $0.raw($1.listingJSON) } }
    }

    func hosts(_ hosts: [SimulatedHost], query: [String: [String]]) -> SimulatedResponse {
        var matches = hosts
        for (name, values) in query {
            let wanted = Set(values)
            switch name {
            case "hosts": matches.removeAll { !wanted.contains($0.id) }
            case "names": matches.removeAll { !wanted.contains($0.name) }
            case "clusters": matches.removeAll { !wanted.contains($0.cluster) }
            case "datacenters": matches.removeAll { !wanted.contains($0.datacenter) }
            default: return .invalidArgument(name, values.first ?? "")
            }
        }
        guard matches.count <= hostLimit else {
            return .tooManyMatches(of: "host", limit: hostLimit, status: tooManyMatchesStatus)
        }
        return .ok { json in
            json.array(matches) { json, host in
                json.raw(#"{"host":"#)
                json.string(host.id)
                json.raw(#","name":"#)
                json.string(host.name)
                json.raw(#","connection_state":"CONNECTED","power_state":"POWERED_ON"}"#)
            }
        }
    }
}

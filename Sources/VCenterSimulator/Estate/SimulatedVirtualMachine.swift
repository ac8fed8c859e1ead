import Foundation

/// The kind of guest operating system, as far as customizations depend on it.
package enum GuestFamily: Sendable {
    case linux
    case windows
}

/// A VM of the simulated estate, and its place in it.
package struct SimulatedVirtualMachine: Sendable {
    /// Managed object id, such as `vm-1001`.
    package let id: String
    /// The unescaped name; answers contain it as vCenter writes it.
    package internal(set) var name: String
    /// `POWERED_ON`, `POWERED_OFF` or `SUSPENDED`.
    package internal(set) var powerState: String
    /// Its operating system.
    package let guest: GuestFamily
    /// The host it runs on, which determines its cluster, resource pool, datacenter and folder.
    package internal(set) var host: SimulatedHost
    /// Sometimes shared with the VM it was cloned from.
    package let biosUUID: String
    /// Unique in this vCenter, and kept when the VM is registered again under another id.
    package let instanceUUID: String
    let cpuCount: Int
    let memoryMiB: Int

    /// Identifier of its folder.
    package var folder: String { SimulatedFolder.id(of: self) }
}

/// A host of the simulated estate.
package struct SimulatedHost: Sendable {
    let number: Int
    let clusterNumber: Int
    let datacenterNumber: Int

    /// Managed object id.
    package var id: String { "host-\(number)" }
    /// The name in listings.
    package var name: String { "esx-\(number).example.com" }
    /// Managed object id of its cluster.
    package var cluster: String { "domain-c\(clusterNumber)" }
    /// The name of its cluster in listings.
    package var clusterName: String { "Compute \(clusterNumber)" }
    /// Managed object id of its cluster's resource pool.
    package var resourcePool: String { "resgroup-\(clusterNumber)" }
    /// Managed object id of its datacenter.
    package var datacenter: String { "datacenter-\(datacenterNumber)" }
    /// The name of its datacenter in listings.
    package var datacenterName: String { datacenterNumber % 2 == 0 ? "Zürich" : "Berlin" }

    /// Hosts for this many VMs: on average 50 VMs per host, and at most 96 hosts per cluster, as vSphere allows. So no host comes
    /// near the listing's limit of 4000 VMs, but a full cluster exceeds it.
    static func hosts(forVirtualMachines count: Int) -> [SimulatedHost] {
        let hosts = max(4, (count + 49) / 50)
        let perCluster = min(96, (hosts + 1) / 2)
        return (0..<hosts).map { index in
            let cluster = index / perCluster
            return SimulatedHost(number: index + 11, clusterNumber: cluster + 7, datacenterNumber: cluster % 2 + 2)
        }
    }
}

extension SimulatedVirtualMachine {
    /// A UUID in vCenter's lower-case form from 128 drawn bits.
    static func uuid(drawing draws: inout SplitMix64) -> String {
        let (high, low) = (draws.next(), draws.next())
        let bytes = (0..<16).map { UInt8(truncatingIfNeeded: ($0 < 8 ? high : low) >> (UInt64($0 % 8) * 8)) }
        return bytes.withUnsafeBytes { UUID(uuid: $0.loadUnaligned(as: uuid_t.self)).uuidString.lowercased() }
    }
}

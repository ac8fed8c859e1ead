import GRDB
import GuestCustomization

/// Brings in the VMs of one vCenter: those that this history has too are the same VMs, the others are added.
struct IncomingMachines {
    /// The rows of `virtual_machine` here by those there.
    private(set) var vms: [Int64: Int64] = [:]
    /// The rows of `virtual_machine_endpoint` here by those there.
    private(set) var polled: [Int64: Int64] = [:]

    /// What is known of a VM there.
    private struct Machine {
        var vm: VirtualMachineMatches.Machine
        var name: String
        var isIdentified: Bool
    }

    /// - Parameters:
    ///   - there: The vCenter's row in the other history.
    ///   - here: Its row in this one.
    init(of there: Int64, into here: Int64, _ source: Database, _ target: Database) throws {
        let machines = try Self.machines(of: there, source)
        let known = try VirtualMachineMatches.machines(here, target)
        vms = VirtualMachineMatches.find(machines.map(\.vm), in: known)
        for machine in machines {
            if let same = vms[machine.vm.id] {
                try target.execute(
                    sql: """
                        UPDATE virtual_machine SET instance_uuid = ifnull(instance_uuid, ?), is_identified = max(is_identified, ?)
                        WHERE id = ?
                        """, arguments: [machine.vm.uuid, machine.isIdentified, same])
            } else {
                let shown = InventoryName(raw: machine.name).shown.storable
                try target.cachedStatement(
                    sql: """
                        INSERT INTO virtual_machine (vcenter_id, moid, name, shown_name, instance_uuid, is_identified, is_current)
                        VALUES (?, ?, ?, ?, ?, ?, 0)
                        """
                ).execute(arguments: [
                    here, machine.vm.moid, machine.name, shown, machine.vm.uuid, machine.isIdentified,
                ])
                vms[machine.vm.id] = target.lastInsertedRowID
            }
        }
        try bringEndpoints(source, target)
        for machine in machines { try bringNames(of: machine.vm.id, source, target) }
    }

    /// The VMs that are in a sealed record, as the sealed records call them: a run under way may know more, but it is not brought in.
    private static func machines(of vCenter: Int64, _ source: Database) throws -> [Machine] {
        try source.rows(
            of: """
                SELECT v.id, v.moid, v.is_current, v.is_identified,
                    (SELECT instance_uuid FROM sealed_name WHERE vm_id = v.id AND instance_uuid IS NOT NULL ORDER BY tree_id, leaf DESC LIMIT 1),
                    (SELECT name FROM sealed_name WHERE vm_id = v.id ORDER BY tree_id, leaf DESC LIMIT 1)
                FROM virtual_machine AS v
                WHERE v.vcenter_id = \(vCenter) AND EXISTS (SELECT 1 FROM sealed_name WHERE vm_id = v.id) ORDER BY v.id
                """
        ) { row in
            Machine(
                vm: VirtualMachineMatches.Machine(
                    id: try row.id(0), moid: try row.text(1), uuid: try row.textOrNull(4), isCurrent: try row.flag(2)),
                name: try row.text(5), isIdentified: try row.flag(3))
        }
    }

    private mutating func bringEndpoints(_ source: Database, _ target: Database) throws {
        let rows = try source.rows(of: "SELECT id, vm_id, endpoint_id FROM virtual_machine_endpoint ORDER BY id") {
            (id: try $0.id(0), vm: try $0.id(1), endpoint: try $0.id(2))
        }
        for row in rows {
            guard let vm = vms[row.vm] else { continue }
            try target.cachedStatement(
                sql: "INSERT INTO virtual_machine_endpoint (vm_id, endpoint_id) VALUES (?, ?) ON CONFLICT DO NOTHING"
            ).execute(arguments: [vm, row.endpoint])
            polled[row.id] = try target.firstRow(
                of: "SELECT id FROM virtual_machine_endpoint WHERE vm_id = \(vm) AND endpoint_id = \(row.endpoint)"
            ) { try $0.id(0) }
        }
    }

    /// The names that both histories have seen, in the order in which they were seen, one for each rename.
    private func bringNames(of source: Int64, _ other: Database, _ db: Database) throws {
        guard let target = vms[source] else { return }
        // A name that only a run under way has seen is in no sealed record.
        let theirs = try other.rows(
            of: """
                SELECT name, first_seen_ms FROM virtual_machine_name AS n
                WHERE vm_id = \(source) AND EXISTS (SELECT 1 FROM sealed_name AS s WHERE s.vm_id = n.vm_id AND s.name = n.name)
                    AND first_seen_ms IN (
                        SELECT r.listed_ms FROM collection_run AS r JOIN seal AS q ON q.run_id = r.id
                        WHERE r.vcenter_id = (SELECT vcenter_id FROM virtual_machine WHERE id = n.vm_id)
                        UNION ALL SELECT r.started_ms FROM collection_run AS r JOIN seal AS q ON q.run_id = r.id
                        WHERE r.events > 0 AND r.vcenter_id = (SELECT vcenter_id FROM virtual_machine WHERE id = n.vm_id)
                    )
                ORDER BY id
                """
        ) { VirtualMachineNames.Name(raw: try $0.text(0), firstSeenAt: try $0.timestamp(1)) }
        try VirtualMachineNames.set(try VirtualMachineNames.read(of: [target], db) + theirs, of: target, db)
    }
}

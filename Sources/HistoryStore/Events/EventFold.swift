import GRDB
import GuestCustomization

/// Keeps what events come to: the rows of `customization` on `Endpoint.events`, and which rows tell of the same customization as others do.
///
/// It follows from a VM's events in runs that have ended, from what polls saw of the VM, and from whether the VM is gone; nothing
/// depends on when it is computed.
enum EventFold {
    /// Computes it again for the VMs of which a run's events tell.
    static func take(_ run: Int64, _ db: Database) throws {
        let vms = try db.rows(
            of: """
                SELECT DISTINCT m.vm_id FROM event AS e JOIN virtual_machine_endpoint AS m ON m.id = e.virtual_machine_endpoint_id
                WHERE e.run_id = \(run)
                """
        ) { try $0.id(0) }
        for vm in vms { try fold(vm, db) }
    }

    /// Computes it again for all VMs of which events tell.
    static func takeAll(_ db: Database) throws {
        let vms = try db.rows(
            of: "SELECT vm_id FROM virtual_machine_endpoint WHERE endpoint_id = \(Endpoint.events.storedID)"
        ) { try $0.id(0) }
        for vm in vms { try fold(vm, db) }
    }

    /// Computes it again for a VM, if events tell of it.
    static func refresh(_ vm: Int64, _ db: Database) throws {
        let statement = try db.cachedStatement(
            sql: "SELECT 1 FROM virtual_machine_endpoint WHERE vm_id = ? AND endpoint_id = ?")
        statement.bind([.integer(vm), .integer(Endpoint.events.storedID)])
        if try statement.firstRow(db, { _ in true }) ?? false { try fold(vm, db) }
    }

    /// Computes it again for a vCenter's VMs with a customization under way: it still was when events were last read, or was lost with
    /// a VM that is gone.
    static func refreshUnfinished(on vCenterID: Int64, _ db: Database) throws {
        let vms = try db.rows(
            of: """
                SELECT DISTINCT m.vm_id FROM customization AS u
                JOIN virtual_machine_endpoint AS m ON m.id = u.virtual_machine_endpoint_id
                JOIN virtual_machine AS v ON v.id = m.vm_id
                WHERE (u.outcome = 'running' OR u.outcome = 'pending') AND u.identity_basis = 'event' AND v.vcenter_id = \(vCenterID)
                """
        ) { try $0.id(0) }
        for vm in vms { try fold(vm, db) }
    }

    private static func fold(_ vm: Int64, _ db: Database) throws {
        let told = try ToldCustomizations(of: vm, db)
        let stored = try EventCustomizationRow.stored(of: vm, db)
        let polled = try PolledCustomization.read(of: vm, db)
        try db.cachedStatement(
            sql: """
                UPDATE customization SET same_as = NULL WHERE same_as IS NOT NULL
                    AND virtual_machine_endpoint_id IN (SELECT id FROM virtual_machine_endpoint WHERE vm_id = ?)
                """
        ).run([.integer(vm)], db)
        let ids = try EventCustomizationRow.replace(stored, by: told.rows, db)
        let pairs = SameCustomizations.pairs(
            polled.map(\.item), told.rows.map(\.item), tolerance: try EventTolerance.read(db))
        for pair in pairs {
            let (poll, event) = (polled[pair.polled].id, ids[pair.event])
            try db.cachedStatement(sql: "UPDATE customization SET same_as = ? WHERE id = ?")
                .run(pair.countsEvent ? [.integer(event), .integer(poll)] : [.integer(poll), .integer(event)], db)
        }
    }
}

/// A customization as polls saw it.
private struct PolledCustomization {
    var id: Int64
    var item: SameCustomizations.Item

    static func read(of vm: Int64, _ db: Database) throws -> [PolledCustomization] {
        let statement = try db.cachedStatement(
            sql: """
                SELECT u.id, u.outcome, u.start_ms, u.end_ms FROM virtual_machine_endpoint AS m
                JOIN customization AS u ON u.virtual_machine_endpoint_id = m.id
                WHERE m.vm_id = ? AND m.endpoint_id <> ?
                ORDER BY m.endpoint_id, coalesce(u.start_ms, u.end_ms, u.first_polled_ms), u.identity_basis, u.identity_value
                """)
        statement.bind([.integer(vm), .integer(Endpoint.events.storedID)])
        var found: [PolledCustomization] = []
        try statement.forEachRow(db) { row in
            found.append(
                PolledCustomization(
                    id: try row.id(0),
                    item: SameCustomizations.Item(
                        outcome: try row.word(1), start: try row.timestampOrNull(2), end: try row.timestampOrNull(3))))
        }
        return found
    }
}

import GRDB
import GuestCustomization

/// Records which VMs a run is about to poll, and the names they have now.
///
/// A VM that is listed again under its name costs no write.
struct ListingWriter {
    var run: OpenRun
    var path: String

    func write(_ list: VirtualMachineList, at listedAt: Timestamp, _ db: Database) throws {
        var absent = try openListings(db)
        for vm in list.virtualMachines {
            let position = try run.position(of: vm.id, db)
            let tracked = run.tracked[position]
            try record(name: vm.name.storable, of: tracked.vmID, at: listedAt, db)
            if absent.remove(tracked.id) == nil {
                try db.cachedStatement(
                    sql: """
                        INSERT INTO virtual_machine_listing (virtual_machine_endpoint_id, first_run_id) VALUES (?, ?)
                        ON CONFLICT DO NOTHING
                        """
                ).execute(arguments: [tracked.id, run.id.rawValue])
            }
        }
        if list.isWhole { try end(absent, db) }
        try db.execute(
            sql: "UPDATE collection_run SET listed_ms = ?, vms = ? WHERE id = ? AND outcome = 'running'",
            arguments: [listedAt, list.virtualMachines.count, run.id.rawValue])
        guard db.changesCount == 1 else { throw HistoryDatabaseError.runEnded(run.id, path) }
    }

    /// Ends the spans of VMs that the vCenter lists no more.
    private func end(_ absent: Set<Int64>, _ db: Database) throws {
        guard !absent.isEmpty else { return }
        let previous = try Int64.fetchOne(
            db,
            sql: """
                SELECT max(id) FROM collection_run
                WHERE vcenter_id = ? AND endpoint_id = ? AND id < ? AND listed_ms IS NOT NULL
                """, arguments: [run.vCenterID, run.endpointID, run.id.rawValue])
        for id in absent {
            try db.cachedStatement(
                sql: """
                    UPDATE virtual_machine_listing SET last_run_id = ?
                    WHERE virtual_machine_endpoint_id = ? AND last_run_id IS NULL AND first_run_id < ?
                    """
            ).execute(arguments: [previous, id, run.id.rawValue])
        }
    }

    /// Rows of `virtual_machine_endpoint` that were in the latest listing.
    private func openListings(_ db: Database) throws -> Set<Int64> {
        try Int64.fetchSet(
            db,
            sql: """
                SELECT m.id FROM virtual_machine_listing AS l
                JOIN virtual_machine_endpoint AS m ON m.id = l.virtual_machine_endpoint_id
                JOIN virtual_machine AS v ON v.id = m.vm_id
                WHERE l.last_run_id IS NULL AND m.endpoint_id = ? AND v.vcenter_id = ?
                """, arguments: [run.endpointID, run.vCenterID])
    }

    private func record(name: String, of vmID: Int64, at listedAt: Timestamp, _ db: Database) throws {
        let known = try String.fetchOne(
            db.cachedStatement(
                sql: "SELECT name FROM virtual_machine_name WHERE vm_id = ? ORDER BY id DESC LIMIT 1"),
            arguments: [vmID])
        guard known != name else { return }
        try db.cachedStatement(
            sql: "INSERT INTO virtual_machine_name (vm_id, name, first_seen_ms) VALUES (?, ?, ?)"
        ).execute(arguments: [vmID, name, listedAt])
        try db.cachedStatement(sql: "UPDATE virtual_machine SET name = ? WHERE id = ?").execute(arguments: [name, vmID])
    }
}

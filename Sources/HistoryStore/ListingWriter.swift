import GRDB
import GuestCustomization

/// Records which VMs a run is about to poll, and the names they have now.
///
/// A VM that is listed again under its name costs no write.
struct ListingWriter {
    var run: OpenRun
    var path: String
    /// From here on all VMs of the vCenter are read at once; fewer are looked up one by one, that a run over one VM of
    /// 45,000 need not read the others.
    static let manyVMs = 100

    /// - Parameter identities: What was answered about those that were in doubt; `nil` where nothing was.
    func write(
        _ list: VirtualMachineList, identifiedAs identities: [String: VirtualMachineIdentity?], at listedAt: Timestamp,
        _ db: Database
    ) throws {
        for (moid, identity) in identities {
            if let identity {
                _ = try run.identities.record(identity, db)
            } else {
                try run.identities.setUnidentified(moid, db)
            }
        }
        let listing = list.virtualMachines
        var (absent, replaced) = try openListings(db)
        if listing.count >= Self.manyVMs { try run.takeUpKnown(listing.count, db) }
        let names = listing.count >= Self.manyVMs ? try latestNames(db) : nil
        for vm in listing {
            let position = try run.position(of: vm.id, db)
            let tracked = run.tracked[position]
            if try vm.name.raw.storable != names?[tracked.vmID] ?? latestName(of: tracked.vmID, db) {
                try record(vm.name, of: tracked.vmID, at: listedAt, db)
            }
            if absent.remove(tracked.id) == nil {
                try db.cachedStatement(
                    sql: """
                        INSERT INTO virtual_machine_listing (virtual_machine_endpoint_id, first_run_id) VALUES (?, ?)
                        ON CONFLICT DO NOTHING
                        """
                ).execute(arguments: [tracked.id, run.id.rawValue])
            }
        }
        try end(list.isWhole ? absent : absent.intersection(replaced), db)
        try db.execute(
            sql: "UPDATE collection_run SET listed_ms = ?, vms = ?, is_whole = ? WHERE id = ? AND outcome = 'running'",
            arguments: [listedAt, listing.count, list.isWhole, run.id.rawValue])
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

    /// Rows of `virtual_machine_endpoint` that were in the latest listing, and of these the ones whose managed object id means another
    /// VM now: they are gone, whatever this listing is about.
    private func openListings(_ db: Database) throws -> (all: Set<Int64>, replaced: Set<Int64>) {
        let statement = try db.cachedStatement(
            sql: """
                SELECT m.id, v.is_current FROM virtual_machine_listing AS l
                JOIN virtual_machine_endpoint AS m ON m.id = l.virtual_machine_endpoint_id
                JOIN virtual_machine AS v ON v.id = m.vm_id
                WHERE l.last_run_id IS NULL AND m.endpoint_id = ? AND v.vcenter_id = ?
                """)
        try statement.setArguments([run.endpointID, run.vCenterID])
        var all: Set<Int64> = []
        var replaced: Set<Int64> = []
        try statement.forEachRow(db) { row in
            all.insert(row.integer(0))
            if row.integer(1) == 0 { replaced.insert(row.integer(0)) }
        }
        return (all, replaced)
    }

    /// The names that listings showed last. SQLite takes `name` from the row that has the greatest `id`.
    private func latestNames(_ db: Database) throws -> [Int64: String] {
        var names: [Int64: String] = [:]
        let statement = try db.cachedStatement(
            sql: """
                SELECT n.vm_id, n.name, max(n.id) FROM virtual_machine AS v JOIN virtual_machine_name AS n ON n.vm_id = v.id
                WHERE v.vcenter_id = ? GROUP BY n.vm_id
                """)
        try statement.setArguments([run.vCenterID])
        try statement.forEachRow(db) { names[$0.integer(0)] = try $0.text(1) }
        return names
    }

    private func latestName(of vmID: Int64, _ db: Database) throws -> String? {
        try String.fetchOne(
            db.cachedStatement(sql: "SELECT name FROM virtual_machine_name WHERE vm_id = ? ORDER BY id DESC LIMIT 1"),
            arguments: [vmID])
    }

    private func record(_ name: InventoryName, of vmID: Int64, at listedAt: Timestamp, _ db: Database) throws {
        let (raw, shown) = (name.raw.storable, name.shown.storable)
        try db.cachedStatement(
            sql: "INSERT INTO virtual_machine_name (vm_id, name, shown_name, first_seen_ms) VALUES (?, ?, ?, ?)"
        ).execute(arguments: [vmID, raw, shown, listedAt])
        try db.cachedStatement(sql: "UPDATE virtual_machine SET name = ?, shown_name = ? WHERE id = ?")
            .execute(arguments: [raw, shown, vmID])
    }
}

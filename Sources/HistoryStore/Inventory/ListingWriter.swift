import GRDB
import GuestCustomization

/// Records which VMs a run is about to poll, and the names they have now.
///
/// A VM that is listed again under its name costs no write.
struct ListingWriter {
    var run: OpenRun
    var path: String
    /// From this many VMs, all VMs of the vCenter are read at once; fewer are looked up one by one, so that a run on one VM of
    /// 45,000 need not read the others.
    static let manyVMs = 100

    /// - Parameter identities: The identities of the VMs in doubt; `nil` for a VM that the vCenter did not answer for.
    /// - Returns: Whether VMs are gone on which a customization was under way.
    func write(
        _ list: VirtualMachineList, identifiedAs identities: [String: VirtualMachineIdentity?], at listedAt: Timestamp,
        _ db: Database
    ) throws -> Bool {
        for (moid, identity) in identities {
            if let identity {
                _ = try run.identities.record(identity, db)
            } else {
                try run.identities.setUnidentified(moid, db)
            }
        }
        let listing = list.virtualMachines
        var (absent, replaced) = try openSpans(db)
        var present: Set<Int64> = []
        if listing.count >= Self.manyVMs { try run.takeUpKnown(listing.count, db) }
        let names = listing.count >= Self.manyVMs ? try latestNames(db) : nil
        for vm in listing {
            let position = try run.position(of: vm.id, db)
            let tracked = run.tracked[position]
            if try vm.name.raw.storable != names?[tracked.vmID] ?? latestName(of: tracked.vmID, db) {
                try Self.record(vm.name, of: tracked.vmID, at: listedAt, db)
            }
            if absent.removeValue(forKey: tracked.id) == nil { try begin(tracked.id, db) }
            if list.isWhole { present.insert(tracked.vmID) }
        }
        let isAnyLost = try end(absent, db) { list.isWhole ? !present.contains($0) : replaced.contains($0) }
        try EventFold.refreshUnfinished(on: run.vCenterID, db)
        try db.execute(
            sql: """
                UPDATE collection_run SET listed_ms = ?, vms = ?, selection = ?, is_whole = ? WHERE id = ? AND outcome = 'running'
                """,
            arguments: [listedAt, listing.count, list.selection.rawValue, list.isWhole, run.id.rawValue])
        guard db.changesCount == 1 else { throw HistoryError.runEnded(run.id, path) }
        return isAnyLost
    }

    private func begin(_ row: Int64, _ db: Database) throws {
        try db.cachedStatement(
            sql: """
                INSERT INTO virtual_machine_listing (virtual_machine_endpoint_id, first_run_id) VALUES (?, ?)
                ON CONFLICT DO NOTHING
                """
        ).execute(arguments: [row, run.id.rawValue])
    }

    /// Ends the spans of VMs that are gone, at every endpoint, and the customizations under way on them, whose end nobody will see.
    ///
    /// - Parameters:
    ///   - absent: Rows of `virtual_machine_endpoint` that the listing does not have, with those of `virtual_machine`.
    ///   - isGone: Whether its absence means that a VM is gone, by its row of `virtual_machine`.
    /// - Returns: Whether a customization is lost.
    private func end(_ absent: [Int64: Int64], _ db: Database, if isGone: (Int64) -> Bool) throws -> Bool {
        for (row, vmID) in absent where isGone(vmID) {
            try db.cachedStatement(
                sql: """
                    UPDATE virtual_machine_listing SET gone_run_id = ? WHERE virtual_machine_endpoint_id = ? AND gone_run_id IS NULL
                    """
            ).execute(arguments: [run.id.rawValue, row])
        }
        let lost = try unfinished(db).filter { isGone($0.vmID) }
        var shown: Set<Int64> = []
        for (row, _) in lost {
            if let latest = try LatestPolls.read(of: row, db),
                try CustomizationWriter.lose(row, after: latest, db)
            {
                shown.insert(row)
            }
            // A VM that was polled but never listed: a rebuild has to find when it was lost.
            if absent[row] == nil {
                try db.cachedStatement(
                    sql: """
                        INSERT INTO virtual_machine_listing (virtual_machine_endpoint_id, first_run_id, gone_run_id) VALUES (?1, ?2, ?2)
                        ON CONFLICT DO NOTHING
                        """
                ).execute(arguments: [row, run.id.rawValue])
            }
        }
        for (_, vmID) in lost { try EventFold.refresh(vmID, db) }
        run.lose(shown)
        return !lost.isEmpty
    }

    /// Rows of `virtual_machine_endpoint` with a customization under way, and those of `virtual_machine`.
    private func unfinished(_ db: Database) throws -> [(row: Int64, vmID: Int64)] {
        let statement = try db.cachedStatement(
            sql: """
                SELECT m.id, m.vm_id FROM customization AS u
                JOIN virtual_machine_endpoint AS m ON m.id = u.virtual_machine_endpoint_id
                JOIN virtual_machine AS v ON v.id = m.vm_id
                WHERE (u.outcome = 'running' OR u.outcome = 'pending') AND v.vcenter_id = ? AND u.identity_basis <> 'event'
                """)
        try statement.setArguments([run.vCenterID])
        var rows: [(row: Int64, vmID: Int64)] = []
        try statement.forEachRow(db) { rows.append((try $0.id(0), try $0.id(1))) }
        return rows
    }

    /// Rows of `virtual_machine_endpoint` whose VM was in the latest listing, at either endpoint, with those of `virtual_machine`; and
    /// the VMs whose managed object id now means another VM: they are gone, whatever this listing covers.
    private func openSpans(_ db: Database) throws -> (spans: [Int64: Int64], replaced: Set<Int64>) {
        let statement = try db.cachedStatement(
            sql: """
                SELECT m.id, m.vm_id, v.is_current FROM virtual_machine_listing AS l
                JOIN virtual_machine_endpoint AS m ON m.id = l.virtual_machine_endpoint_id
                JOIN virtual_machine AS v ON v.id = m.vm_id
                WHERE l.gone_run_id IS NULL AND v.vcenter_id = ?
                """)
        try statement.setArguments([run.vCenterID])
        var spans: [Int64: Int64] = [:]
        var replaced: Set<Int64> = []
        try statement.forEachRow(db) { row in
            let vmID = try row.id(1)
            spans[try row.id(0)] = vmID
            if try !row.flag(2) { replaced.insert(vmID) }
        }
        return (spans, replaced)
    }

    /// The latest name of each VM. SQLite takes `name` from the row with the greatest `id`.
    private func latestNames(_ db: Database) throws -> [Int64: String] {
        var names: [Int64: String] = [:]
        let statement = try db.cachedStatement(
            sql: """
                SELECT n.vm_id, n.name, max(n.id) FROM virtual_machine AS v JOIN virtual_machine_name AS n ON n.vm_id = v.id
                WHERE v.vcenter_id = ? GROUP BY n.vm_id
                """)
        try statement.setArguments([run.vCenterID])
        try statement.forEachRow(db) { names[try $0.id(0)] = try $0.text(1) }
        return names
    }

    private func latestName(of vmID: Int64, _ db: Database) throws -> String? {
        try db.firstRow(of: "SELECT name FROM virtual_machine_name WHERE vm_id = \(vmID) ORDER BY id DESC LIMIT 1") {
            try $0.text(0)
        }
    }

    /// Records a new name of a VM.
    static func record(_ name: InventoryName, of vmID: Int64, at seenAt: Timestamp, _ db: Database) throws {
        let (raw, shown) = (name.raw.storable, name.shown.storable)
        try db.cachedStatement(
            sql: "INSERT INTO virtual_machine_name (vm_id, name, shown_name, first_seen_ms) VALUES (?, ?, ?, ?)"
        ).execute(arguments: [vmID, raw, shown, seenAt])
        try db.cachedStatement(sql: "UPDATE virtual_machine SET name = ?, shown_name = ? WHERE id = ?")
            .execute(arguments: [raw, shown, vmID])
    }
}

import GRDB
import GuestCustomization

/// Moves everything recorded about one vCenter to another, as if all runs had been recorded under one name.
///
/// What is derived from polls is left to a rebuild, which must follow in the same transaction.
struct VCenterMerge {
    var from: VCenterRegister.Entry
    var into: VCenterRegister.Entry

    /// Whether the two are known to be different vCenters, such as after a rebuild: then a managed object id that both have does not
    /// identify a VM.
    private var areKnownToDiffer: Bool {
        if let left = from.instanceUUID, let right = into.instanceUUID { left != right } else { false }
    }

    func run(_ db: Database) throws -> VCenterMergeResult {
        var result = VCenterMergeResult()
        let matches = VirtualMachineMatches.find(
            try VirtualMachineMatches.machines(from.id, db), in: try VirtualMachineMatches.machines(into.id, db),
            areKnownToDiffer: areKnownToDiffer)
        result.virtualMachines = try count("virtual_machine", db)
        result.runs = try count("collection_run", db)
        result.joined = matches.count
        // These tables will be rebuilt, so their rows need not be moved.
        try db.execute(sql: "DELETE FROM latest_answer; DELETE FROM customization; DELETE FROM poll_span;")
        try RunOrder.interleave(from.id, into.id, db)
        let spans = ListingMerge(try .init(of: from.id, db), try .init(of: into.id, db))
        try PollMerge(from: from.id, into: into.id, joining: matches, db).run(db)
        let sealedRuns = try sealedRuns(db)
        for (source, target) in matches {
            try SealedNames.join(source, with: target, in: sealedRuns, db)
            try join(source, with: target, db)
        }
        try moveOthers(db)
        try db.execute(
            sql: "UPDATE collection_run SET vcenter_id = ? WHERE vcenter_id = ?", arguments: [into.id, from.id])
        try spans.write(joining: matches, db)
        try VirtualMachineIdentities(vCenterID: into.id).settle(db)
        try moveVCenter(db)
        return result
    }

    /// The sealed runs on both vCenters.
    private func sealedRuns(_ db: Database) throws -> [SealedNames.Runs] {
        var trees: [SealedNames.Runs] = []
        try db.forEachRow(
            of: """
                SELECT s.tree_id, s.leaf, r.vcenter_id = \(from.id) FROM seal AS s JOIN collection_run AS r ON r.id = s.run_id
                WHERE r.vcenter_id IN (\(from.id), \(into.id)) ORDER BY s.tree_id, s.leaf
                """
        ) { row in
            let tree = HistoryTree(id: try row.id(0))
            if trees.last?.tree.id != tree.id { trees.append(SealedNames.Runs(tree: tree, leaves: [])) }
            trees[trees.count - 1].leaves.append((try row.count(1), try row.flag(2)))
        }
        return trees
    }

    private func count(_ table: String, _ db: Database) throws -> Int {
        try db.count("SELECT count(*) FROM \(sql: table) WHERE vcenter_id = \(from.id)")
    }

    private func join(_ source: Int64, with target: Int64, _ db: Database) throws {
        let names = try VirtualMachineNames.read(of: [source, target], db)
        try db.execute(sql: "DELETE FROM virtual_machine_name WHERE vm_id = ?", arguments: [source])
        try VirtualMachineNames.set(names, of: target, db)
        try NotificationTables.join(source, with: target, db)
        for table in ["attribute_change", "virtual_machine_source"] {
            try db.execute(sql: "UPDATE \(table) SET vm_id = ? WHERE vm_id = ?", arguments: [target, source])
        }
        let joined = try db.firstRow(
            of: "SELECT instance_uuid, is_identified FROM virtual_machine WHERE id = \(source)"
        ) { (uuid: try $0.textOrNull(0), isIdentified: try $0.flag(1)) }
        try db.execute(
            sql:
                "DELETE FROM virtual_machine_listing WHERE virtual_machine_endpoint_id IN (SELECT id FROM virtual_machine_endpoint WHERE vm_id = ?)",
            arguments: [source])
        try db.execute(sql: "DELETE FROM virtual_machine_endpoint WHERE vm_id = ?", arguments: [source])
        try db.execute(sql: "DELETE FROM virtual_machine WHERE id = ?", arguments: [source])
        try db.execute(
            sql: """
                UPDATE virtual_machine SET instance_uuid = ifnull(instance_uuid, ?), is_identified = max(is_identified, ?)
                WHERE id = ?
                """, arguments: [joined?.uuid, joined?.isIdentified == true, target])
    }

    /// Moves VMs that the target does not have. Until the ids are settled, a managed object id means the target's VM.
    private func moveOthers(_ db: Database) throws {
        try db.execute(
            sql: """
                UPDATE virtual_machine SET is_current = 0
                WHERE vcenter_id = ?1 AND moid IN (SELECT moid FROM virtual_machine WHERE vcenter_id = ?2)
                """, arguments: [from.id, into.id])
        try db.execute(
            sql: "UPDATE virtual_machine SET vcenter_id = ? WHERE vcenter_id = ?", arguments: [into.id, from.id])
        if areKnownToDiffer { try VCenterRegister.forgetIdentities(ofVMsIn: into.id, db) }
    }

    /// Adds the metrics' totals of one vCenter to those of the other.
    private func moveTotals(_ db: Database) throws {
        try db.execute(
            sql: """
                INSERT INTO finished_total (vcenter_id, endpoint_id, outcome, bound_seconds, customizations, seconds)
                SELECT ?2, endpoint_id, outcome, bound_seconds, customizations, seconds FROM finished_total WHERE vcenter_id = ?1
                ON CONFLICT DO UPDATE SET customizations = customizations + excluded.customizations, seconds = seconds + excluded.seconds
                """, arguments: [from.id, into.id])
    }

    private func moveVCenter(_ db: Database) throws {
        try db.execute(
            sql: """
                INSERT INTO vcenter_address (vcenter_id, address, last_run_ms)
                SELECT ?2, address, last_run_ms FROM vcenter_address WHERE vcenter_id = ?1
                ON CONFLICT DO UPDATE SET last_run_ms = max(last_run_ms, excluded.last_run_ms)
                """, arguments: [from.id, into.id])
        try db.execute(sql: "DELETE FROM vcenter_address WHERE vcenter_id = ?", arguments: [from.id])
        try moveTotals(db)
        try db.execute(sql: "DELETE FROM finished_total WHERE vcenter_id = ?", arguments: [from.id])
        try NotificationTables.forget(vCenter: from.id, db)
        try db.execute(
            sql: "UPDATE OR IGNORE event_reading SET vcenter_id = ? WHERE vcenter_id = ?", arguments: [into.id, from.id])
        try db.execute(sql: "DELETE FROM event_reading WHERE vcenter_id = ?", arguments: [from.id])
        try db.execute(sql: "DELETE FROM source_cursor WHERE vcenter_id = ?", arguments: [from.id])
        try db.execute(sql: "DELETE FROM vcenter WHERE id = ?", arguments: [from.id])
        try db.execute(
            sql: "UPDATE vcenter SET instance_uuid = ifnull(instance_uuid, ?) WHERE id = ?",
            arguments: [from.instanceUUID, into.id])
    }
}

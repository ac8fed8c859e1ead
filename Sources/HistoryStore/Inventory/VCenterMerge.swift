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
        let matches = try matches(db)
        result.virtualMachines = try count("virtual_machine", db)
        result.runs = try count("collection_run", db)
        result.joined = matches.count
        // These tables will be rebuilt, so their rows need not be moved.
        try db.execute(sql: "DELETE FROM latest_answer; DELETE FROM customization; DELETE FROM poll_span;")
        let spans = try ListingMerge(from: from.id, into: into.id, db)
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
        try settleIDs(db)
        try moveVCenter(db)
        return result
    }

    /// The leaves of the runs on both vCenters, in order, and whether the run is on the one that goes.
    private func sealedRuns(_ db: Database) throws -> [(leaf: Int, isMoved: Bool)] {
        try db.rows(
            of: """
                SELECT s.leaf, r.vcenter_id = \(from.id) FROM seal AS s JOIN collection_run AS r ON r.id = s.run_id
                WHERE s.tree_id = \(HistoryTree.own.id) AND r.vcenter_id IN (\(from.id), \(into.id)) ORDER BY s.leaf
                """
        ) { (try $0.count(0), try $0.flag(1)) }
    }

    private func count(_ table: String, _ db: Database) throws -> Int {
        try db.count("SELECT count(*) FROM \(sql: table) WHERE vcenter_id = \(from.id)")
    }

    private struct Machine {
        var id: Int64
        var moid: String
        var uuid: String?
        var isCurrent: Bool
    }

    private func machines(_ vCenter: Int64, _ db: Database) throws -> [Machine] {
        try db.rows(
            of:
                "SELECT id, moid, instance_uuid, is_current FROM virtual_machine WHERE vcenter_id = \(vCenter) ORDER BY id"
        ) {
            Machine(id: try $0.id(0), moid: try $0.text(1), uuid: try $0.textOrNull(2), isCurrent: try $0.flag(3))
        }
    }

    /// Rows of VMs that are the same VM as a row of the target: they have its managed object id and instance UUID. If one UUID is
    /// unknown, the managed object id alone decides, unless the vCenters are known to differ.
    private func matches(_ db: Database) throws -> [Int64: Int64] {
        let sources = try machines(from.id, db)
        let targets = Dictionary(grouping: try machines(into.id, db), by: \.moid)
        var matches: [Int64: Int64] = [:]
        var taken: Set<Int64> = []
        for source in sources {
            guard let same = targets[source.moid]?.first(where: { $0.uuid == source.uuid }) else { continue }
            matches[source.id] = same.id
            taken.insert(same.id)
        }
        guard !areKnownToDiffer else { return matches }
        for source in sources where source.isCurrent && matches[source.id] == nil {
            guard let target = targets[source.moid]?.first(where: \.isCurrent),
                source.uuid == nil || target.uuid == nil,
                !taken.contains(target.id)
            else { continue }
            matches[source.id] = target.id
        }
        return matches
    }

    private func join(_ source: Int64, with target: Int64, _ db: Database) throws {
        try joinNames(source, target, db)
        try NotificationTables.join(source, with: target, db)
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

    /// The names in the order in which they were seen, one for each rename.
    private func joinNames(_ source: Int64, _ target: Int64, _ db: Database) throws {
        let names = try db.rows(
            of: """
                SELECT name, shown_name, first_seen_ms FROM virtual_machine_name WHERE vm_id IN (\(source), \(target))
                ORDER BY first_seen_ms, id
                """
        ) { (raw: try $0.text(0), shown: try $0.text(1), firstSeenAt: try $0.timestamp(2)) }
        try db.execute(sql: "DELETE FROM virtual_machine_name WHERE vm_id IN (?, ?)", arguments: [source, target])
        var latest: (raw: String, shown: String, firstSeenAt: Timestamp)?
        for name in names where name.raw != latest?.raw {
            latest = name
            try db.execute(
                sql: "INSERT INTO virtual_machine_name (vm_id, name, shown_name, first_seen_ms) VALUES (?, ?, ?, ?)",
                arguments: [target, name.raw, name.shown, name.firstSeenAt])
        }
        if let latest {
            try db.execute(
                sql: "UPDATE virtual_machine SET name = ?, shown_name = ? WHERE id = ?",
                arguments: [latest.raw, latest.shown, target])
        }
    }

    /// Makes each managed object id mean the VM that was last listed under it.
    private func settleIDs(_ db: Database) throws {
        var latest: [String: Int64] = [:]
        try db.forEachRow(
            of: """
                SELECT v.moid, v.id, max(l.first_run_id) FROM virtual_machine AS v
                JOIN virtual_machine_endpoint AS m ON m.vm_id = v.id
                JOIN virtual_machine_listing AS l ON l.virtual_machine_endpoint_id = m.id
                WHERE v.vcenter_id = \(into.id) AND v.moid IN (
                    SELECT moid FROM virtual_machine WHERE vcenter_id = \(into.id) GROUP BY moid HAVING count(*) > 1
                )
                GROUP BY v.id ORDER BY 3
                """
        ) { latest[try $0.text(0)] = try $0.id(1) }
        for (moid, id) in latest {
            try db.execute(
                sql: "UPDATE virtual_machine SET is_current = 0 WHERE vcenter_id = ? AND moid = ?",
                arguments: [into.id, moid])
            try db.execute(sql: "UPDATE virtual_machine SET is_current = 1 WHERE id = ?", arguments: [id])
        }
    }

    /// Moves VMs that the target does not have. Until `settleIDs`, a managed object id means the target's VM.
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
        try db.execute(sql: "DELETE FROM vcenter WHERE id = ?", arguments: [from.id])
        try db.execute(
            sql: "UPDATE vcenter SET instance_uuid = ifnull(instance_uuid, ?) WHERE id = ?",
            arguments: [from.instanceUUID, into.id])
    }
}

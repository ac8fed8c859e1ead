import Foundation
import GRDB
import GuestCustomization
import HistoryEvidence

/// The record of a run, computed from what is stored of it.
struct SealedRun {
    let id: Int64
    /// The tree that seals it.
    var tree = HistoryTree.own

    /// Seals a run that has just ended; called in the transaction that ends it.
    ///
    /// The polls are read back through the view that auditors use.
    /// - Throws: `StoredValueFault` if the run's polls cannot all be read back.
    static func seal(_ id: Int64, _ db: Database) throws {
        var (record, vCenterID) = try read(id, db)
        let sealed = SealedRun(id: id)
        let tree = HistoryTree.own
        let leaf = try tree.size(db)
        try SealedNames.add(of: vCenterID, at: leaf, db)
        record.tree = try tree.uuid(db)
        let changes = try sealed.listingChanges(at: leaf, db)
        (record.listingChanges, record.listingRoot) = (changes.size, changes.root)
        try sealed.addAttributes(to: &record, at: leaf, db)
        let polls = try sealed.polls(of: record, at: leaf, db)
        guard Int64(polls.size) == record.polls else {
            throw StoredValueFault(complaint: "does not have all polls of the run")
        }
        record.pollsRoot = polls.root
        if record.events != nil {
            let events = try SealedEvents.tree(of: record, run: id, db)
            guard events.size == record.events.map({ Int($0.count) }) else {
                throw StoredValueFault(complaint: "does not have all events of the run")
            }
            record.events?.root = events.root
        }
        try tree.append(record.bytes, run: id, at: leaf, db)
    }

    /// The record without the roots, and the row of its vCenter.
    static func read(_ id: Int64, _ db: Database) throws -> (RunRecord, vCenterID: Int64) {
        let found = try db.firstRow(of: query + " WHERE r.id = \(id)") { try Self.read($0) }
        guard let found else { throw StoredValueFault(complaint: "has no row for the run") }
        return found
    }

    static let query: SQL = """
        SELECT r.id, r.vcenter_id, c.name, c.instance_uuid, e.name, r.collector, r.tool_version, r.started_ms, r.listed_ms,
            r.finished_ms, r.outcome, r.failure, r.clock_offset_ms, r.vms, r.selection, r.is_whole, r.polls, r.failed_polls,
            r.reported_polls, r.last_reported_ms, r.events
        FROM collection_run AS r JOIN vcenter AS c ON c.id = r.vcenter_id JOIN endpoint AS e ON e.id = r.endpoint_id
        """

    static func read(_ row: StatementColumns) throws -> (RunRecord, vCenterID: Int64) {
        func instant(_ index: CInt) throws -> Int64? { try row.timestampOrNull(index)?.unixMilliseconds }
        var record = RunRecord(
            run: try row.id(0), vCenter: try row.text(2), vCenterUUID: try row.textOrNull(3),
            endpoint: try row.text(4), collector: try row.textOrNull(5), toolVersion: try row.text(6),
            startedAt: try row.timestamp(7).unixMilliseconds, listedAt: try instant(8), finishedAt: try instant(9),
            outcome: try row.text(10), failure: try row.textOrNull(11), clockOffset: try row.spanOrNull(12),
            vms: Int64(try row.count(13)), selection: try row.textOrNull(14), isWhole: try row.flag(15),
            polls: Int64(try row.count(16)), failedPolls: Int64(try row.count(17)),
            reportedPolls: Int64(try row.count(18)), lastReportedAt: try instant(19))
        let events = Int64(try row.count(20))
        if record.endpoint == Endpoint.events.rawValue || events > 0 { record.events = (events, .emptyRoot) }
        return (record, try row.id(1))
    }

    /// The tree over the run's polls.
    func polls(of run: RunRecord, at leaf: Int, _ db: Database) throws -> MerkleTree {
        var tree = MerkleTree()
        try forEachPoll(of: run, at: leaf, db) { record, _ in tree.append(.leaf(record)) }
        return tree
    }

    /// Calls `body` with the record of each poll, in the order of the leaves, and the VM's managed object id.
    func forEachPoll(
        of run: RunRecord, at leaf: Int, _ db: Database, _ body: ([UInt8], _ vm: String) throws -> Void
    ) throws {
        var poll = PollRecord(vCenter: run.vCenter, vCenterUUID: run.vCenterUUID)
        // CROSS keeps SQLite from beginning with all names of the tree, those of other vCenters too, which takes twice as long.
        let query: SQL = """
            SELECT v.moid, n.name, n.instance_uuid, p.polled_ms, a.sha256
            FROM poll AS p
            CROSS JOIN virtual_machine AS v ON v.id = p.vm_id
            CROSS JOIN sealed_name AS n ON n.vm_id = v.id AND n.tree_id = \(tree.id) AND n.leaf = (
                SELECT max(leaf) FROM sealed_name WHERE vm_id = v.id AND tree_id = \(tree.id) AND leaf <= \(leaf)
            )
            LEFT JOIN answer AS a ON a.id = p.answer_id
            WHERE p.run_id = \(id) ORDER BY v.moid
            """
        try db.forEachRow(of: query) { row in
            poll.vm = try row.text(0)
            poll.name = try row.text(1)
            poll.instanceUUID = try row.textOrNull(2)
            poll.polledAt = try row.timestamp(3).unixMilliseconds
            try body(poll.bytes(answer: try row.digestBytes(4)), poll.vm)
        }
    }

    /// The tree over what the run's list of VMs changed. SQLite sorts the changes, on disk if there are many: the first list of a large
    /// vCenter has two for each VM.
    func listingChanges(at leaf: Int, _ db: Database) throws -> MerkleTree {
        var changes = MerkleTree()
        let query: SQL = """
            SELECT 'named' AS change, v.moid AS moid, n.name AS name, n.instance_uuid AS instance_uuid
            FROM sealed_name AS n JOIN virtual_machine AS v ON v.id = n.vm_id WHERE n.tree_id = \(tree.id) AND n.leaf = \(leaf)
            UNION ALL
            SELECT c.change, v.moid, n.name, n.instance_uuid
            FROM (
                SELECT 'listed' AS change, virtual_machine_endpoint_id AS vme FROM virtual_machine_listing
                WHERE first_run_id = \(id) AND gone_run_id IS NOT first_run_id
                UNION ALL SELECT 'gone', virtual_machine_endpoint_id FROM virtual_machine_listing WHERE gone_run_id = \(id)
            ) AS c
            JOIN virtual_machine_endpoint AS m ON m.id = c.vme
            JOIN virtual_machine AS v ON v.id = m.vm_id
            LEFT JOIN sealed_name AS n ON n.vm_id = v.id AND n.tree_id = \(tree.id) AND n.leaf = (
                SELECT max(leaf) FROM sealed_name WHERE vm_id = v.id AND tree_id = \(tree.id) AND leaf <= \(leaf)
            )
            ORDER BY change, moid, instance_uuid, name
            """
        try db.forEachRow(of: query) { row in
            let kind: ListingChange.Kind =
                switch try row.text(0) {
                case "named": .named
                case "gone": .gone
                default: .listed
                }
            let change = ListingChange(
                kind, vm: try row.text(1), name: try row.text(2), instanceUUID: try row.textOrNull(3))
            changes.append(.leaf(change.bytes))
        }
        return changes
    }
}

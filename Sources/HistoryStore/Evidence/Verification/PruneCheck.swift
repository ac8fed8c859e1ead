import GRDB
import GuestCustomization
import HistoryEvidence

/// What the record of a removal of old polls says.
struct SealedPrune {
    var at: Int64
    var before: Int64
    var by: String?
    var lastRun: Int64
    var polls: Int64
    var answers: Int64
    var baselineRoot: MerkleHash
}

/// Checks that only those polls are missing whose removal is recorded, and that what they came to is as it was then.
struct PruneCheck {
    private let amendments: [(leaf: Int, prune: SealedPrune)]

    init(_ tree: TreeCheck) {
        amendments = tree.amendments.compactMap { amendment in amendment.prune.map { (amendment.leaf, $0) } }
    }

    /// The last run whose polls were removed; 0 if none were.
    var lastRun: Int64 { amendments.last?.prune.lastRun ?? 0 }

    /// - Returns: What was removed.
    func run(_ db: Database) throws -> [VerifiedHistory.Prune] {
        let unfinished = try requireRows(db)
        try requireFigures(db)
        let id = Int64(amendments.count)
        for table in BaselineTables.all where try hasRow(of: table, unless: id, unfinished, db) { throw added }
        guard let (_, latest) = amendments.last else { return [] }
        guard try BaselineTree(id: id, lastRun: latest.lastRun, schema: "main").root(db) == latest.baselineRoot else {
            throw Discrepancy("what the polls before run \(latest.lastRun + 1) came to, which were pruned, was altered")
        }
        try requireSources(id, db)
        if !unfinished.contains(id) { try requireRemoval(latest, db) }
        try requireChanges(id, latest, isComplete: !unfinished.contains(id), db)
        return amendments.enumerated().map { index, amendment in
            VerifiedHistory.Prune(
                before: Timestamp(unixMilliseconds: amendment.prune.before),
                prunedAt: Timestamp(unixMilliseconds: amendment.prune.at), by: amendment.prune.by,
                lastRun: CollectionRunID(rawValue: amendment.prune.lastRun),
                polls: Int(clamping: amendment.prune.polls),
                answers: Int(clamping: amendment.prune.answers), isComplete: !unfinished.contains(Int64(index + 1)))
        }
    }

    private let added = Discrepancy("a baseline that no prune recorded was added")

    /// Each record has its row of `prune`, and the other way round.
    ///
    /// - Returns: The rows of removals that are not complete or not recorded yet.
    private func requireRows(_ db: Database) throws -> Set<Int64> {
        var unfinished: Set<Int64> = []
        var recorded = 0
        try db.forEachRow(of: "SELECT id, leaf, last_run_id, is_complete FROM prune ORDER BY id") { row in
            let id = try row.id(0)
            if !(try row.flag(3)) { unfinished.insert(id) }
            guard let leaf = try row.countOrNull(1) else {
                guard id == amendments.count + 1, row.isNull(2), unfinished.contains(id) else {
                    throw Discrepancy("the record of prune \(id) was removed")
                }
                return
            }
            recorded += 1
            guard id == recorded, recorded <= amendments.count, amendments[recorded - 1].leaf == leaf,
                amendments[recorded - 1].prune.lastRun == (try row.id(2))
            else { throw Discrepancy("which polls prune \(id) removed was altered") }
        }
        guard recorded == amendments.count else { throw Discrepancy("prune \(recorded + 1) was removed from the list") }
        return unfinished
    }

    /// Each removal goes further than the one before, and says how many polls its runs had, all of which had ended.
    private func requireFigures(_ db: Database) throws {
        var last: Int64 = 0
        for (leaf, prune) in amendments {
            let polls = try db.firstRow(
                of: "SELECT ifnull(sum(polls), 0) FROM collection_run WHERE id > \(last) AND id <= \(prune.lastRun)"
            ) { try $0.countSum(0) }
            let isOpen = try db.hasRow(
                """
                SELECT 1 FROM collection_run AS r LEFT JOIN seal AS s ON s.run_id = r.id
                WHERE r.id <= \(prune.lastRun) AND (s.leaf IS NULL OR s.tree_id = \(HistoryTree.own.id) AND s.leaf > \(leaf) OR r.started_ms >= \(prune.before))
                """)
            guard prune.lastRun > last, Int64(polls ?? 0) == prune.polls, !isOpen else {
                throw Discrepancy("seal \(leaf), of a prune, does not say what was pruned")
            }
            last = prune.lastRun
        }
    }

    private func hasRow(of table: String, unless id: Int64, _ unfinished: Set<Int64>, _ db: Database) throws -> Bool {
        guard unfinished.isEmpty else { return false }
        return try db.hasRow("SELECT 1 FROM \(sql: table) WHERE prune_id <> \(id)")
    }

    /// The baseline's VMs were polled by runs of their own vCenter and endpoint, and all its parts are about them.
    private func requireSources(_ id: Int64, _ db: Database) throws {
        let strange = try db.hasRow(
            """
            SELECT 1 FROM baseline_answer AS b
            JOIN virtual_machine_endpoint AS m ON m.id = b.virtual_machine_endpoint_id JOIN virtual_machine AS v ON v.id = m.vm_id
            JOIN collection_run AS r ON r.id = b.polled_run_id
            WHERE b.prune_id = \(id) AND (r.vcenter_id <> v.vcenter_id OR r.endpoint_id <> m.endpoint_id)
            UNION ALL
            SELECT 1 FROM (
                SELECT virtual_machine_endpoint_id FROM baseline_customization WHERE prune_id = \(id)
                UNION ALL SELECT virtual_machine_endpoint_id FROM baseline_span WHERE prune_id = \(id)
            ) AS b WHERE NOT EXISTS (
                SELECT 1 FROM baseline_answer AS o
                WHERE o.virtual_machine_endpoint_id = b.virtual_machine_endpoint_id AND o.prune_id = \(id)
            )
            """)
        if strange { throw Discrepancy("a VM whose polls were pruned was moved to another vCenter or endpoint") }
    }

    private func requireRemoval(_ latest: SealedPrune, _ db: Database) throws {
        let found = try db.firstRow(
            of: """
                SELECT r.id, c.name FROM poll_block AS b JOIN collection_run AS r ON r.id = b.run_id JOIN vcenter AS c ON c.id = r.vcenter_id
                WHERE b.run_id <= \(latest.lastRun) ORDER BY b.run_id LIMIT 1
                """
        ) { (run: try $0.id(0), vCenter: try $0.text(1)) }
        if let found {
            throw Discrepancy(run: found.run, of: found.vCenter, "polls were added after they had been pruned")
        }
    }

    /// Of the answers to pruned polls, each VM's last is left.
    private func requireChanges(_ id: Int64, _ latest: SealedPrune, isComplete: Bool, _ db: Database) throws {
        let altered = try db.firstRow(
            of: """
                SELECT v.moid FROM virtual_machine_endpoint AS m JOIN virtual_machine AS v ON v.id = m.vm_id
                LEFT JOIN baseline_answer AS b ON b.virtual_machine_endpoint_id = m.id AND b.prune_id = \(id)
                WHERE (
                    SELECT max(run_id) FROM answer_change WHERE virtual_machine_endpoint_id = m.id AND run_id <= \(latest.lastRun)
                ) IS NOT b.change_run_id OR b.answer_id IS NOT (
                    SELECT answer_id FROM answer_change WHERE virtual_machine_endpoint_id = m.id AND run_id = b.change_run_id
                ) OR \(isComplete) AND EXISTS (
                    SELECT 1 FROM answer_change WHERE virtual_machine_endpoint_id = m.id AND run_id < b.change_run_id
                )
                LIMIT 1
                """
        ) { try $0.text(0) }
        if let altered {
            throw Discrepancy("the answer of \(altered.shownFromFile) to its last pruned poll was altered")
        }
    }
}

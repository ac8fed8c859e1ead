import GRDB
import HistoryEvidence

/// The Merkle tree over a baseline, whose root is in the record of the removal. docs/evidence.md has its leaves.
struct BaselineTree {
    /// Row of `prune`.
    let id: Int64
    /// The polls of runs up to this one are removed.
    let lastRun: Int64
    /// The schema whose tables `baseline_…` are read.
    let schema: String

    private enum Member {
        case text(StaticString)
        case number(StaticString)
    }

    private static let runMembers: [Member] = [
        .number("is_regular"), .text("part"), .number("run"), .number("sequence"),
    ]
    private static let answerMembers: [Member] = [
        .text("answer"), .number("change_run"), .number("customization"), .text("endpoint"), .text("instance_uuid"),
        .number("last_reported_at"), .text("name"), .text("part"), .number("polled_at"), .number("polled_run"),
        .number("polls"), .number("since_run"), .text("vm"),
    ]
    private static let customizationMembers: [Member] = [
        .text("answer"), .number("end_at"), .number("end_first_polled_at"), .text("endpoint"),
        .number("first_polled_at"), .text("identity_basis"), .number("identity_value"), .text("instance_uuid"),
        .number("last_polled_at"), .text("name"), .number("number"), .text("outcome"), .text("part"),
        .number("polls"), .number("start_at"), .text("vm"), .number("window_at"),
    ]
    private static let spanMembers: [Member] = [
        .text("endpoint"), .number("first_run"), .text("instance_uuid"), .number("last_run"), .text("name"),
        .text("part"), .text("vm"),
    ]

    /// The root over all parts, one after another.
    func root(_ db: Database) throws -> MerkleHash {
        var tree = MerkleTree()
        // VMs are called what they are called in the last leaf of a run whose polls are removed.
        let leaf = try db.count(
            "SELECT ifnull(max(leaf), 0) FROM main.seal WHERE tree_id = \(HistoryTree.own.id) AND run_id <= \(lastRun)")
        try add(
            Self.runMembers, to: &tree, db,
            "SELECT is_regular, 'run', id, sequence FROM main.collection_run WHERE id <= \(lastRun) ORDER BY id")
        try add(
            Self.answerMembers, to: &tree, db,
            """
            SELECT lower(hex(a.sha256)), b.change_run_id, b.customization_id, e.name, n.instance_uuid, b.last_reported_ms, n.name,
                'answer', b.polled_ms, b.polled_run_id, b.polls, b.since_run_id, v.moid
            \(rows(of: "baseline_answer", at: leaf)) LEFT JOIN main.answer AS a ON a.id = b.answer_id
            WHERE b.prune_id = \(id) ORDER BY b.virtual_machine_endpoint_id
            """)
        try add(
            Self.customizationMembers, to: &tree, db,
            """
            SELECT lower(hex(a.sha256)), b.end_ms, b.end_first_polled_ms, e.name, b.first_polled_ms, b.identity_basis, b.identity_value,
                n.instance_uuid, b.last_polled_ms, n.name, b.number, b.outcome, 'customization', b.polls, b.start_ms, v.moid, b.window_ms
            \(rows(of: "baseline_customization", at: leaf)) LEFT JOIN main.answer AS a ON a.id = b.answer_id
            WHERE b.prune_id = \(id) ORDER BY b.virtual_machine_endpoint_id, b.number
            """)
        try add(
            Self.spanMembers, to: &tree, db,
            """
            SELECT e.name, b.first_run_id, n.instance_uuid, b.last_run_id, n.name, 'span', v.moid
            \(rows(of: "baseline_span", at: leaf))
            WHERE b.prune_id = \(id) ORDER BY b.virtual_machine_endpoint_id, b.first_run_id
            """)
        return tree.root
    }

    private func rows(of table: String, at leaf: Int) -> SQL {
        """
        FROM \(sql: schema).\(sql: table) AS b
        LEFT JOIN main.virtual_machine_endpoint AS m ON m.id = b.virtual_machine_endpoint_id
        LEFT JOIN main.endpoint AS e ON e.id = m.endpoint_id
        LEFT JOIN main.virtual_machine AS v ON v.id = m.vm_id
        LEFT JOIN main.sealed_name AS n ON n.vm_id = v.id AND n.leaf = (
            SELECT max(leaf) FROM main.sealed_name WHERE vm_id = v.id AND leaf <= \(leaf)
        )
        """
    }

    /// Adds a record for each row of a query, whose columns are its members.
    private func add(_ members: [Member], to tree: inout MerkleTree, _ db: Database, _ query: SQL) throws {
        var record = CanonicalRecord()
        try db.forEachRow(of: query) { row in
            record.restart()
            for (index, member) in zip(CInt(0)..., members) {
                switch member {
                case .text(let name): record.add(name, try row.textOrNull(index))
                case .number(let name): record.add(name, try row.numberOrNull(index))
                }
            }
            record.finish()
            tree.append(.leaf(record.bytes))
        }
    }
}

extension StatementColumns {
    /// Any integer.
    fileprivate func numberOrNull(_ index: CInt) throws -> Int64? {
        isNull(index) ? nil : try integer(index, in: Int64.min...Int64.max, "is not a number")
    }
}

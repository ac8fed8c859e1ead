import GRDB
import GuestCustomization

/// Puts the runs that two histories recorded of one vCenter in one order.
enum RunOrder {
    /// A run, by its row in the history that it is in.
    struct Entry {
        var id: Int64
        var isIncoming: Bool
        var startedAt: Timestamp
        /// The UUID of the tree that seals it: decides if two runs began at once.
        var tree: String
    }

    /// Merges two sequences by when runs began. Neither changes its own order, whatever the clocks said: a run does not come before
    /// one that its own history has before it.
    static func merged(_ left: [Entry], _ right: [Entry]) -> [Entry] {
        let leftKeys = keys(of: left)
        var latest: [String: Timestamp] = [:]
        for (entry, key) in zip(left, leftKeys) { latest[entry.tree] = key.latest }
        let rightKeys = keys(of: right, after: latest)
        var (result, i, j) = ([Entry](), 0, 0)
        while i < left.count, j < right.count {
            if leftKeys[i] <= rightKeys[j] {
                result.append(left[i])
                i += 1
            } else {
                result.append(right[j])
                j += 1
            }
        }
        return result + left[i...] + right[j...]
    }

    /// The latest begin up to each run, and of the runs that its tree has in the other sequence, which come before it.
    private static func keys(
        of entries: [Entry], after earlier: [String: Timestamp] = [:]
    ) -> [(latest: Timestamp, tree: String)] {
        var latest: Timestamp?
        return entries.map { entry in
            let begin = max(entry.startedAt, earlier[entry.tree] ?? entry.startedAt)
            let key = max(latest ?? begin, begin)
            latest = key
            return (key, entry.tree)
        }
    }

    /// The runs on a vCenter, in their order.
    static func entries(of vCenter: Int64, _ db: Database) throws -> [Entry] {
        try db.rows(
            of: """
                SELECT r.id, r.started_ms, ifnull(t.uuid, '') FROM collection_run AS r
                LEFT JOIN seal AS s ON s.run_id = r.id LEFT JOIN tree AS t ON t.id = s.tree_id
                WHERE r.vcenter_id = \(vCenter) ORDER BY r.id
                """
        ) {
            Entry(id: try $0.id(0), isIncoming: false, startedAt: try $0.timestamp(1), tree: try $0.text(2))
        }
    }

    /// Puts the runs on two vCenters in one order, if some were brought in from another history: they got their numbers later than
    /// they began.
    static func interleave(_ left: Int64, _ right: Int64, _ db: Database) throws {
        let isMerged = try db.hasRow(
            """
            SELECT 1 FROM seal AS s JOIN collection_run AS r ON r.id = s.run_id
            WHERE s.tree_id <> \(HistoryTree.own.id) AND r.vcenter_id IN (\(left), \(right))
            """)
        guard isMerged else { return }
        let order = merged(try entries(of: left, db), try entries(of: right, db)).map(\.id)
        let numbers = zip(order, order.sorted()).filter { $0 != $1 }
        try renumber(Dictionary(uniqueKeysWithValues: numbers.map { ($0.0, $0.1) }), db)
    }

    /// Gives runs other numbers, in all recorded tables; what is derived from polls has to be rebuilt.
    ///
    /// - Parameter numbers: The new numbers by the old ones.
    static func renumber(_ numbers: [Int64: Int64], _ db: Database) throws {
        guard !numbers.isEmpty else { return }
        try db.execute(sql: "CREATE TEMP TABLE renumbered (old INTEGER PRIMARY KEY, new INTEGER NOT NULL)")
        for (old, new) in numbers {
            try db.cachedStatement(sql: "INSERT INTO temp.renumbered (old, new) VALUES (?, ?)")
                .run([.integer(old), .integer(new)], db)
        }
        for (table, column) in columns {
            // By way of negative numbers, so that no number is in use twice.
            try db.execute(
                sql: """
                    UPDATE \(table) SET \(column) = -(SELECT new FROM temp.renumbered WHERE old = \(column))
                    WHERE \(column) IN (SELECT old FROM temp.renumbered);
                    UPDATE \(table) SET \(column) = -\(column) WHERE \(column) < 0;
                    """)
        }
        try db.execute(sql: "DROP TABLE temp.renumbered")
    }

    private static let columns = [
        ("collection_run", "id"), ("poll_block", "run_id"), ("answer_change", "run_id"), ("event", "run_id"),
        ("virtual_machine_listing", "first_run_id"), ("virtual_machine_listing", "gone_run_id"), ("seal", "run_id"),
        ("attribute_change", "run_id"), ("virtual_machine_source", "run_id"),
    ]
}

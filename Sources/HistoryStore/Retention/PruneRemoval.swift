import GRDB
import GuestCustomization

/// Removes what the recorded removals cover. Each step may be interrupted: the next prune goes on.
struct PruneRemoval {
    let writes: PacedWrites
    let baseline: Baseline

    func run() async throws {
        try await removePolls()
        try await removeChanges()
        try await removeOldBaselines()
        try await removeAnswers()
    }

    /// Notes that nothing is left to be done.
    func complete() async throws {
        try await writes.once {
            try $0.execute(sql: "UPDATE prune SET is_complete = 1 WHERE leaf IS NOT NULL AND is_complete = 0")
        }
    }

    private func removePolls() async throws {
        try await writes.run { [baseline] db, limit in
            try db.execute(
                sql: """
                    DELETE FROM poll_block WHERE (run_id, block, part) IN (
                        SELECT run_id, block, part FROM poll_block WHERE run_id <= ? ORDER BY run_id, block, part LIMIT ?
                    )
                    """, arguments: [baseline.lastRun, limit])
            return db.changesCount == limit
        }
    }

    /// All changes of answers before the one that each VM's next poll may still need.
    private func removeChanges() async throws {
        let position = Position()
        try await writes.run { [baseline] db, limit in
            let last = try db.firstRow(
                of: """
                    SELECT max(virtual_machine_endpoint_id) FROM (
                        SELECT virtual_machine_endpoint_id FROM baseline_answer
                        WHERE virtual_machine_endpoint_id > \(position.last) AND prune_id = \(baseline.id)
                        ORDER BY virtual_machine_endpoint_id LIMIT \(limit)
                    )
                    """
            ) { try $0.idOrNull(0) }
            guard let last = last ?? nil else { return false }
            try db.execute(
                sql: """
                    DELETE FROM answer_change
                    WHERE virtual_machine_endpoint_id > ?1 AND virtual_machine_endpoint_id <= ?2 AND run_id < (
                        SELECT b.change_run_id FROM baseline_answer AS b
                        WHERE b.virtual_machine_endpoint_id = answer_change.virtual_machine_endpoint_id AND b.prune_id = ?3
                    )
                    """, arguments: [position.last, last, baseline.id])
            position.last = last
            return true
        }
    }

    private func removeOldBaselines() async throws {
        for table in BaselineTables.all {
            try await writes.run { [baseline] db, limit in
                try BaselineTables.delete(from: table, "prune_id <> \(baseline.id)", limit, db)
            }
        }
        try await writes.once { try $0.execute(sql: "DELETE FROM prune WHERE leaf IS NULL") }
    }

    private func removeAnswers() async throws {
        let unused = UnusedAnswers()
        try await writes.run { [recording = writes.history.recording] db, limit in
            recording.forgetAnswers()
            return try unused.remove(limit, db)
        }
    }

    /// Changes only on the database's queue, hence unchecked.
    private final class Position: @unchecked Sendable {
        var last: Int64 = 0
    }
}

/// The tables of a baseline.
enum BaselineTables {
    static let all = ["baseline_answer", "baseline_customization", "baseline_span"]
    /// The columns that end their keys.
    private static let lastKeys = ["baseline_customization": "number", "baseline_span": "first_run_id"]

    /// The condition of rows that a prune prepared but never recorded.
    static let unrecorded = "prune_id NOT IN (SELECT id FROM prune WHERE leaf IS NOT NULL)"

    /// Deletes what a prune that was killed, or that is still at it, has prepared; the latter then notices that polls were moved.
    static func discardUnrecorded(_ db: Database) throws {
        for table in all { try db.execute(sql: "DELETE FROM \(table) WHERE \(unrecorded)") }
    }

    /// Deletes some rows.
    ///
    /// - Returns: Whether there may be more.
    static func delete(from table: String, _ condition: String, _ limit: Int, _ db: Database) throws -> Bool {
        let key = (["virtual_machine_endpoint_id", "prune_id"] + (lastKeys[table].map { [$0] } ?? [])).joined(
            separator: ", ")
        try db.execute(
            sql: "DELETE FROM \(table) WHERE (\(key)) IN (SELECT \(key) FROM \(table) WHERE \(condition) LIMIT ?)",
            arguments: [limit])
        return db.changesCount == limit
    }
}

/// The answers that nothing uses any more. A collector may use one again at any moment, so they are looked for again after each
/// commit of another process. Used only on the database's queue, hence unchecked.
private final class UnusedAnswers: @unchecked Sendable {
    /// The latest commit of ours.
    private var token: String?

    /// - Returns: Whether there may be more.
    func remove(_ limit: Int, _ db: Database) throws -> Bool {
        let mark = try db.firstRow(of: "SELECT hex(token), hex(previous) FROM latest_commit") {
            (token: try $0.text(0), previous: try $0.text(1))
        }
        if token == nil || mark?.previous != token { try find(db) }
        token = mark?.token
        try db.execute(
            sql: "DELETE FROM answer WHERE id IN (SELECT id FROM temp.unused_answer ORDER BY id LIMIT ?)",
            arguments: [limit])
        let removed = db.changesCount
        try db.execute(
            sql: "DELETE FROM temp.unused_answer WHERE id IN (SELECT id FROM temp.unused_answer ORDER BY id LIMIT ?)",
            arguments: [limit])
        return removed == limit
    }

    private func find(_ db: Database) throws {
        try db.execute(
            sql: """
                DROP TABLE IF EXISTS temp.unused_answer;
                CREATE TEMP TABLE unused_answer (id INTEGER PRIMARY KEY);
                INSERT INTO temp.unused_answer SELECT id FROM answer WHERE id NOT IN (\(Self.used));
                """)
    }

    private static let used = [
        "answer_change", "event", "customization", "latest_answer", "baseline_answer", "baseline_customization",
    ]
    .map { "SELECT answer_id FROM main.\($0)" }.joined(separator: " UNION ALL ")
}

import GRDB
import GuestCustomization
import HistoryEvidence

/// A removal of old polls that is computed, but changed nothing yet.
///
/// What the polls came to is in temporary tables of a reading connection of its own, called like the tables that keep it.
package final class PreparedPrune: Sendable {
    /// What it removes.
    package let summary: PruneFigures
    /// Row of `prune`, and the last run.
    let baseline: Baseline
    let root: MerkleHash
    /// The changes of what was recorded that were known then.
    let amendments: Int
    let queue: DatabaseQueue

    init(_ queue: DatabaseQueue, before date: Timestamp) throws {
        self.queue = queue
        (summary, baseline, root, amendments) = try queue.unsafeRead { db in
            try db.execute(sql: "PRAGMA foreign_keys = OFF; BEGIN DEFERRED")
            do {
                let prepared = try Self.prepare(before: date, db)
                try db.execute(sql: "COMMIT")
                return prepared
            } catch {
                try? db.rollback()
                throw error
            }
        }
    }

    /// Changes after which what was computed may not hold any more: polls were brought in, moved or removed.
    static func amendments(_ db: Database) throws -> Int {
        try db.count(
            """
            SELECT count(*) FROM seal
            WHERE tree_id = \(HistoryTree.own.id) AND run_id IS NULL AND record ->> 'amendment' NOT IN ('identify', 'rename')
            """)
    }

    private static func prepare(
        before date: Timestamp, _ db: Database
    ) throws -> (PruneFigures, Baseline, MerkleHash, Int) {
        let old = try Baseline.current(db)
        let boundary = try PruneBoundary(before: date, db)
        var summary = PruneFigures(
            before: date,
            isUnfinished: try db.hasRow("SELECT 1 FROM prune WHERE leaf IS NOT NULL AND is_complete = 0"),
            hindrance: boundary.hindrance?.words)
        let new = Baseline(id: (old?.id ?? 0) + 1, lastRun: boundary.lastRun)
        let amendments = try amendments(db)
        guard new.lastRun > old?.lastRun ?? 0 else { return (summary, new, .emptyRoot, amendments) }
        summary.lastRun = CollectionRunID(rawValue: new.lastRun)
        try computeBaseline(new, db)
        try count(from: old?.lastRun ?? 0, new, &summary, db)
        let root = try BaselineTree(id: new.id, lastRun: new.lastRun, schema: "temp").root(db)
        return (summary, new, root, amendments)
    }

    private static func computeBaseline(_ new: Baseline, _ db: Database) throws {
        try DerivedCopy.make(db)
        var rebuild = try Rebuild(db, through: new.lastRun)
        try rebuild.run(db)
        let misplaced = try db.hasRow(
            """
            SELECT 1 FROM main.collection_run AS r JOIN temp.collection_run AS t ON t.id = r.id
            WHERE r.id <= \(new.lastRun) AND (r.sequence IS NOT t.sequence OR r.is_regular IS NOT t.is_regular)
            """)
        guard !misplaced else { throw StoredValueFault(complaint: "is not the place of a run among the others") }
        try db.execute(sql: "CREATE TEMP TABLE polled (id INTEGER PRIMARY KEY, run_id, polled_ms, polls)")
        try rebuild.forEachPolled { row, run, latest in
            try db.cachedStatement(sql: "INSERT INTO temp.polled VALUES (?, ?, ?, ?)")
                .run([.integer(row), .integer(run), .instant(latest.lastAt), .integer(Int64(latest.count))], db)
        }
        try db.execute(
            sql: """
                CREATE TEMP TABLE baseline_answer AS
                SELECT l.virtual_machine_endpoint_id, \(new.id) AS prune_id, l.answer_id, l.since_run_id, l.last_reported_ms, l.customization_id,
                    (
                        SELECT max(c.run_id) FROM main.answer_change AS c
                        WHERE c.virtual_machine_endpoint_id = l.virtual_machine_endpoint_id AND c.run_id <= \(new.lastRun)
                    ) AS change_run_id, p.run_id AS polled_run_id, p.polled_ms, p.polls
                FROM temp.latest_answer AS l JOIN temp.polled AS p ON p.id = l.virtual_machine_endpoint_id;
                CREATE TEMP TABLE baseline_customization AS
                SELECT virtual_machine_endpoint_id, \(new.id) AS prune_id, id AS number, identity_basis, identity_value, outcome, start_ms,
                    end_ms, end_first_polled_ms, first_polled_ms, last_polled_ms, polls, window_ms, answer_id
                FROM temp.customization;
                CREATE TEMP TABLE baseline_span AS
                SELECT virtual_machine_endpoint_id, \(new.id) AS prune_id, first_run_id, last_run_id FROM temp.poll_span;
                DROP TABLE temp.polled;
                """)
        try DerivedCopy.drop(db)
    }

    private static func baselineBytes(_ schema: String, _ id: Int64, _ db: Database) throws -> Int {
        try db.count(
            """
            SELECT 40 * (SELECT count(*) FROM \(sql: schema).baseline_answer WHERE prune_id = \(id))
                + 80 * (SELECT count(*) FROM \(sql: schema).baseline_customization WHERE prune_id = \(id))
                + 12 * (SELECT count(*) FROM \(sql: schema).baseline_span WHERE prune_id = \(id))
            """)
    }

    private static func count(from last: Int64, _ new: Baseline, _ summary: inout PruneFigures, _ db: Database) throws {
        let runs = try db.firstRow(
            of: """
                SELECT count(*), ifnull(sum(polls), 0) FROM collection_run WHERE id > \(last) AND id <= \(new.lastRun) AND polls > 0
                """
        ) { (try $0.count(0), try $0.countSum(1)) }
        (summary.runs, summary.polls) = runs ?? (0, 0)
        let answers = try db.firstRow(
            of: """
                SELECT count(*), ifnull(sum(80 + length(CAST(raw AS BLOB)) + 2 * ifnull(length(error_message), 0)), 0) FROM main.answer
                WHERE id NOT IN (
                    SELECT answer_id FROM main.answer_change WHERE run_id > \(new.lastRun)
                    UNION ALL SELECT answer_id FROM temp.baseline_answer
                    UNION ALL SELECT answer_id FROM temp.baseline_customization
                    UNION ALL SELECT answer_id FROM main.customization
                    UNION ALL SELECT answer_id FROM main.latest_answer
                    UNION ALL SELECT answer_id FROM main.event
                )
                """
        ) { (try $0.count(0), try $0.countSum(1)) }
        summary.answers = answers?.0 ?? 0
        let blocks = try db.firstRow(
            of: "SELECT ifnull(sum(20 + length(offsets)), 0) FROM main.poll_block WHERE run_id <= \(new.lastRun)"
        ) { try $0.countSum(0) }
        summary.bytes = (blocks ?? 0) + (answers?.1 ?? 0)
        summary.baselineBytes = try baselineBytes("temp", new.id, db) - baselineBytes("main", new.id - 1, db)
    }
}

extension PruneBoundary.Hindrance {
    /// `run 7 of vcsa has not ended`
    var words: String {
        let run = "run \(run) of \(vCenter.shownFromFile)"
        return isSealed
            ? "\(run) is stamped \(startedAt.rfc3339): it and the runs after it are kept, even if they began before"
            : "\(run) has not ended: it and the runs after it are kept"
    }
}

import GRDB
import GuestCustomization

/// What all removed polls came to: the state from which everything derived from polls is computed again. See `0004_retention.sql`.
struct Baseline {
    /// Row of `prune`.
    let id: Int64
    /// The polls of runs up to this one were removed.
    let lastRun: Int64

    /// The one that counts; `nil` if no poll was ever removed.
    static func current(_ db: Database) throws -> Baseline? {
        try db.firstRow(
            of: "SELECT id, last_run_id FROM main.prune WHERE leaf IS NOT NULL ORDER BY id DESC LIMIT 1"
        ) { Baseline(id: try $0.id(0), lastRun: try $0.id(1)) }
    }

    /// The VMs that it has, by row of `virtual_machine_endpoint`.
    struct VM {
        var answer: AnswerRegister.Row
        /// The run that last polled it.
        var lastRun: Int64
        /// The polls that got its answer.
        var latest: LatestPolls
        var hasOpenSpan: Bool
        /// As in `TrackedVM`.
        var isLost: Bool
    }

    func forEachVM(_ db: Database, _ body: (_ row: Int64, VM) throws -> Void) throws {
        let query: SQL = """
            SELECT b.virtual_machine_endpoint_id, b.answer_id, a.sha256, b.polled_run_id, b.polls, b.polled_ms,
                EXISTS (
                    SELECT 1 FROM main.baseline_span AS s
                    WHERE s.virtual_machine_endpoint_id = b.virtual_machine_endpoint_id AND s.prune_id = b.prune_id AND s.last_run_id IS NULL
                ),
                ifnull(a.result = 'reported' AND u.last_polled_ms IS NOT NULL, FALSE)
            FROM main.baseline_answer AS b
            LEFT JOIN answer AS a ON a.id = b.answer_id
            LEFT JOIN main.baseline_customization AS u
                ON u.virtual_machine_endpoint_id = b.virtual_machine_endpoint_id AND u.prune_id = b.prune_id AND u.number = b.customization_id
            WHERE b.prune_id = \(id)
            """
        try db.forEachRow(of: query) { row in
            let vm = VM(
                answer: AnswerRegister.Row(id: try row.id(1), digest: try row.digest(2)), lastRun: try row.id(3),
                latest: LatestPolls(count: try row.count(4), lastAt: try row.timestamp(5)),
                hasOpenSpan: try row.flag(6), isLost: try row.flag(7))
            try body(try row.id(0), vm)
        }
    }

    /// Fills the derived tables, which must be empty, with what it has.
    func restore(_ db: Database) throws {
        try db.execute(
            sql: """
                INSERT INTO customization (id, virtual_machine_endpoint_id, identity_basis, identity_value, outcome, start_ms, end_ms,
                    end_first_polled_ms, first_polled_ms, last_polled_ms, polls, window_ms, answer_id)
                SELECT number, virtual_machine_endpoint_id, identity_basis, identity_value, outcome, start_ms, end_ms,
                    end_first_polled_ms, first_polled_ms, last_polled_ms, polls, window_ms, answer_id
                FROM main.baseline_customization WHERE prune_id = ?1
                """, arguments: [id])
        try db.execute(
            sql: """
                INSERT INTO latest_answer (virtual_machine_endpoint_id, answer_id, since_run_id, last_reported_ms, customization_id)
                SELECT virtual_machine_endpoint_id, answer_id, since_run_id, last_reported_ms, customization_id
                FROM main.baseline_answer WHERE prune_id = ?1
                """, arguments: [id])
        try db.execute(
            sql: """
                INSERT INTO poll_span (virtual_machine_endpoint_id, first_run_id, last_run_id)
                SELECT virtual_machine_endpoint_id, first_run_id, last_run_id FROM main.baseline_span WHERE prune_id = ?1
                """, arguments: [id])
    }
}

import GRDB
import GuestCustomization

/// What the polls of a VM and endpoint have come to, read when its answer changes.
struct AnswerState {
    /// The customization that the latest definite answer was about.
    struct Current {
        var id: Int64
        var observed: ObservedCustomization
        /// The latest answer about it.
        var answerID: Int64
    }

    /// Whether the latest answer has a status.
    var isReport = false
    /// The latest poll before the latest answer that got a status.
    var lastReportedAt: Timestamp?
    var current: Current?

    /// - Parameter row: Row of `virtual_machine_endpoint`.
    init(of row: Int64, _ db: Database) throws {
        let statement = try db.cachedStatement(
            sql: """
                SELECT a.result, l.last_reported_ms, l.customization_id, u.id, b.id, u.identity_basis, u.identity_value, u.outcome, u.start_ms,
                    u.end_ms, u.end_first_polled_ms, u.first_polled_ms, u.last_polled_ms, u.polls
                FROM latest_answer AS l LEFT JOIN answer AS a ON a.id = l.answer_id
                LEFT JOIN customization AS u ON u.id = l.customization_id LEFT JOIN answer AS b ON b.id = u.answer_id
                WHERE l.virtual_machine_endpoint_id = ?
                """)
        statement.bind([.integer(row)])
        try statement.forEachRow(db) { row in
            isReport = try row.word(0, as: Answer.Result.self) == .reported
            lastReportedAt = try row.timestampOrNull(1)
            guard try row.idOrNull(2) != nil else { return }
            current = Current(
                id: try row.id(3), observed: try ObservedCustomization(row, from: 5), answerID: try row.id(4))
        }
    }

    /// Records that the latest answer is not given any more.
    mutating func endAnswer(after latest: LatestPolls) {
        guard current?.observed.isShown == true else { return }
        current?.observed.endAnswer(polls: latest.count, lastPolledAt: latest.lastAt)
    }
}

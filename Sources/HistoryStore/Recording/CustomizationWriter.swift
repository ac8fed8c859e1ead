import GRDB
import GuestCustomization

/// Keeps the tables `customization` and `latest_answer` in line with the polls. Called for each new answer in the order of the runs, both
/// when polls are recorded and by a rebuild.
enum CustomizationWriter {
    /// Records a new answer of a VM.
    ///
    /// - Parameters:
    ///   - earlier: The polls that got the answer before; `nil` if this is the VM's first poll.
    ///   - row: Row of `virtual_machine_endpoint`.
    static func take(_ news: AnswerNews, earlier: LatestPolls?, of row: Int64, _ db: Database) throws {
        var state = try AnswerState(of: row, db)
        if let earlier {
            if state.isReport { state.lastReportedAt = earlier.lastAt }
            state.endAnswer(after: earlier)
        }
        let meaning = try AnswerMeaning(
            result: news.result, info: news.info, current: state.current?.observed.identity, in: news.run,
            isKnown: { try find($0, of: row, db) != nil })
        switch meaning {
        case .unknown:
            if let current = state.current { try update(current, db) }
        case .noCustomization:
            try leave(&state, db)
        case .identified(let identity, let outcome):
            state.current?.observed.identify(as: identity)
            try see(outcome, news, &state, db)
        case .customization(let identity, let outcome):
            if identity != state.current?.observed.identity {
                try leave(&state, db)
                state.current = try find(identity, of: row, db)
            }
            if state.current != nil {
                try see(outcome, news, &state, db)
            } else {
                let observed = ObservedCustomization(
                    identity: identity, outcome: outcome, startTime: news.info?.startTime, endTime: news.info?.endTime,
                    firstPolledAt: news.polledAt)
                state.current = try insert(observed, answerID: news.answer.id, of: row, db)
            }
        }
        try write(state, after: news, of: row, db)
    }

    private static func write(_ state: AnswerState, after news: AnswerNews, of row: Int64, _ db: Database) throws {
        try db.cachedStatement(
            sql: """
                INSERT INTO latest_answer (virtual_machine_endpoint_id, answer_id, since_run_id, last_reported_ms, customization_id)
                VALUES (?, ?, ?, ?, ?)
                ON CONFLICT DO UPDATE SET answer_id = excluded.answer_id, since_run_id = excluded.since_run_id,
                    last_reported_ms = excluded.last_reported_ms, customization_id = excluded.customization_id
                """
        ).run(
            [
                .integer(row), .integer(news.answer.id), .integer(news.run.rawValue), .instant(state.lastReportedAt),
                .integer(state.current?.id),
            ], db)
    }

    /// Records that the vCenter no longer lists a VM.
    ///
    /// - Parameters:
    ///   - latest: The polls that got its latest answer.
    ///   - row: Row of `virtual_machine_endpoint`.
    /// - Returns: Whether its latest answer showed a customization under way, so that the same answer again would be news.
    static func lose(_ row: Int64, after latest: LatestPolls, _ db: Database) throws -> Bool {
        var state = try AnswerState(of: row, db)
        guard state.current?.observed.outcome.isUnfinished == true else { return false }
        state.endAnswer(after: latest)
        try leave(&state, db)
        return state.isReport
    }

    private static func see(
        _ outcome: CustomizationOutcome, _ news: AnswerNews, _ state: inout AnswerState, _ db: Database
    ) throws {
        guard var current = state.current else { return }
        current.observed.see(
            outcome, startTime: news.info?.startTime, endTime: news.info?.endTime, at: news.polledAt)
        current.answerID = news.answer.id
        try update(current, db)
        state.current = current
    }

    private static func leave(_ state: inout AnswerState, _ db: Database) throws {
        guard var current = state.current else { return }
        current.observed.leave()
        try update(current, db)
        state.current = nil
    }

    private static func find(
        _ identity: CustomizationIdentity, of row: Int64, _ db: Database
    ) throws -> AnswerState.Current? {
        let (basis, value) = identity.stored
        let statement = try db.cachedStatement(
            sql: """
                SELECT id, answer_id, identity_basis, identity_value, outcome, start_ms, end_ms, end_first_polled_ms, first_polled_ms,
                    last_polled_ms, polls
                FROM customization
                WHERE virtual_machine_endpoint_id = ? AND identity_basis = ? AND identity_value = ?
                """)
        statement.bind([.integer(row), .text(basis), .integer(value)])
        return try statement.firstRow(db) { row in
            AnswerState.Current(
                id: try row.id(0), observed: try ObservedCustomization(row, from: 2), answerID: try row.id(1))
        }
    }

    private static func insert(
        _ observed: ObservedCustomization, answerID: Int64, of row: Int64, _ db: Database
    ) throws -> AnswerState.Current {
        try db.cachedStatement(
            sql: """
                INSERT INTO customization (identity_basis, identity_value, outcome, start_ms, end_ms, end_first_polled_ms, last_polled_ms,
                    polls, window_ms, answer_id, first_polled_ms, virtual_machine_endpoint_id)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """
        ).run(columns(of: observed, answerID) + [.instant(observed.firstPolledAt), .integer(row)], db)
        return AnswerState.Current(id: db.lastInsertedRowID, observed: observed, answerID: answerID)
    }

    private static func update(_ current: AnswerState.Current, _ db: Database) throws {
        try db.cachedStatement(
            sql: """
                UPDATE customization SET identity_basis = ?, identity_value = ?, outcome = ?, start_ms = ?, end_ms = ?, end_first_polled_ms = ?,
                    last_polled_ms = ?, polls = ?, window_ms = ?, answer_id = ?
                WHERE id = ?
                """
        ).run(columns(of: current.observed, current.answerID) + [.integer(current.id)], db)
    }

    /// The columns that may change, in the order of the statements above.
    private static func columns(of observed: ObservedCustomization, _ answerID: Int64) -> [ParameterValue] {
        let (basis, value) = observed.identity.stored
        return [
            .text(basis), .integer(value), .text(observed.outcome.rawValue), .instant(observed.startTime),
            .instant(observed.endTime), .instant(observed.endFirstPolledAt), .instant(observed.lastPolledAt),
            .integer(Int64(observed.polls)), .instant(observed.windowInstant), .integer(answerID),
        ]
    }
}

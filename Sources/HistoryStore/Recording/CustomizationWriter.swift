import GRDB
import GuestCustomization

/// Keeps the tables `customization` and `latest_answer` in line with the polls. Called for each new answer in the order of the runs, both
/// when polls are recorded and by a rebuild.
enum CustomizationWriter {
    /// Records a new answer of `vm`.
    ///
    /// - Parameter earlier: The polls that got the answer before; `nil` if this is the VM's first poll.
    static func take(_ news: AnswerNews, earlier: LatestPolls?, _ vm: inout TrackedVM, _ db: Database) throws {
        if let earlier {
            if vm.latest?.isReport == true { vm.lastReportedAt = earlier.lastAt }
            vm.endAnswer(after: earlier)
        }
        let info = news.info
        let meaning = try AnswerMeaning(
            result: news.result, info: info, current: vm.current?.observed.identity, in: news.run,
            isKnown: { try find($0, of: vm, db) != nil })
        switch meaning {
        case .unknown:
            if let current = vm.current { try update(current, db) }
        case .noCustomization:
            try leave(&vm, db)
        case .identified(let identity, let outcome):
            vm.current?.observed.identify(as: identity)
            try see(outcome, news, &vm, db)
        case .customization(let identity, let outcome):
            if identity != vm.current?.observed.identity {
                try leave(&vm, db)
                vm.current = try find(identity, of: vm, db)
            }
            if vm.current != nil {
                try see(outcome, news, &vm, db)
            } else {
                let observed = ObservedCustomization(
                    identity: identity, outcome: outcome, startTime: info?.startTime, endTime: info?.endTime,
                    firstPolledAt: news.polledAt)
                vm.current = try insert(observed, answerID: news.answer.id, of: vm, db)
            }
        }
        vm.latest = TrackedVM.Latest(answer: news.answer, isReport: news.result == .reported)
        try db.cachedStatement(
            sql: """
                INSERT INTO latest_answer (virtual_machine_endpoint_id, answer_id, since_run_id, last_reported_ms, customization_id)
                VALUES (?, ?, ?, ?, ?)
                ON CONFLICT DO UPDATE SET answer_id = excluded.answer_id, since_run_id = excluded.since_run_id,
                    last_reported_ms = excluded.last_reported_ms, customization_id = excluded.customization_id
                """
        ).run(
            [
                .integer(vm.id), .integer(news.answer.id), .integer(news.run.rawValue), .instant(vm.lastReportedAt),
                .integer(vm.current?.id),
            ], db)
    }

    /// Records that the vCenter no longer lists `vm`.
    ///
    /// - Parameter latest: The polls that got its latest answer.
    static func lose(_ vm: inout TrackedVM, after latest: LatestPolls, _ db: Database) throws {
        guard vm.current?.observed.outcome.isUnfinished == true else { return }
        vm.lose(after: latest)
        if let current = vm.current { try update(current, db) }
    }

    private static func see(
        _ outcome: CustomizationOutcome, _ news: AnswerNews, _ vm: inout TrackedVM, _ db: Database
    ) throws {
        guard var current = vm.current else { return }
        current.observed.see(
            outcome, startTime: news.info?.startTime, endTime: news.info?.endTime, at: news.polledAt)
        current.answerID = news.answer.id
        try update(current, db)
        vm.current = current
    }

    private static func leave(_ vm: inout TrackedVM, _ db: Database) throws {
        guard var current = vm.current else { return }
        current.observed.leave()
        try update(current, db)
        vm.current = nil
    }

    private static func find(
        _ identity: CustomizationIdentity, of vm: TrackedVM, _ db: Database
    ) throws -> TrackedVM.Current? {
        let (basis, value) = identity.stored
        let statement = try db.cachedStatement(
            sql: """
                SELECT id, answer_id, identity_basis, identity_value, outcome, start_ms, end_ms, end_first_polled_ms, first_polled_ms,
                    last_polled_ms, polls
                FROM customization
                WHERE virtual_machine_endpoint_id = ? AND identity_basis = ? AND identity_value = ?
                """)
        statement.bind([.integer(vm.id), .text(basis), .integer(value)])
        return try statement.firstRow(db) { row in
            TrackedVM.Current(
                id: try row.id(0), observed: try ObservedCustomization(row, from: 2), answerID: try row.id(1))
        }
    }

    private static func insert(
        _ observed: ObservedCustomization, answerID: Int64, of vm: TrackedVM, _ db: Database
    ) throws -> TrackedVM.Current {
        try db.cachedStatement(
            sql: """
                INSERT INTO customization (identity_basis, identity_value, outcome, start_ms, end_ms, end_first_polled_ms, last_polled_ms,
                    polls, window_ms, answer_id, first_polled_ms, virtual_machine_endpoint_id)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """
        ).run(columns(of: observed, answerID) + [.instant(observed.firstPolledAt), .integer(vm.id)], db)
        return TrackedVM.Current(id: db.lastInsertedRowID, observed: observed, answerID: answerID)
    }

    private static func update(_ current: TrackedVM.Current, _ db: Database) throws {
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

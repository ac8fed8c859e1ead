import GRDB
import GuestCustomization

/// Keeps the table `customization` in line with the polls. Called for each poll in the order of the runs, both when polls are
/// recorded and by a rebuild.
enum CustomizationWriter {
    /// Records one poll of `vm`. `last_report`, whose row changes with every poll, is left to the caller.
    ///
    /// - Parameters:
    ///   - info: The reported status; called only if the answer differs from the one before.
    /// - Returns: Whether that row changed.
    static func take(
        answerID: Int64, result: Answer.Result, info: @autoclosure () -> CustomizationInfo?, at polledAt: Timestamp,
        run: CollectionRunID, _ vm: inout TrackedVM, _ db: Database
    ) throws -> Bool {
        if result == .reported { vm.lastReportedAt = polledAt }
        // The usual case: the same answer for years.
        if answerID == vm.definiteAnswerID {
            vm.current?.observed.seeUnchanged(at: polledAt)
            if let current = vm.current, !current.observed.outcome.isFinished {
                try db.cachedStatement(sql: "UPDATE customization SET window_ms = ? WHERE id = ?")
                    .run([.instant(current.observed.windowInstant), .integer(current.id)], db)
            }
            return result == .reported
        }
        let info = info()
        let meaning = try AnswerMeaning(
            result: result, info: info, current: vm.current?.observed.identity, in: run,
            isKnown: { try find($0, of: vm, db) != nil })
        switch meaning {
        case .unknown:
            return false
        case .noCustomization:
            try leave(&vm, db)
        case .identified(let identity, let outcome):
            guard var current = vm.current else { return false }
            current.observed.identify(as: identity)
            current.observed.see(outcome, startTime: info?.startTime, endTime: info?.endTime, at: polledAt)
            current.answerID = answerID
            try update(current, db)
            vm.current = current
        case .customization(let identity, let outcome):
            if identity != vm.current?.observed.identity {
                try leave(&vm, db)
                vm.current = try find(identity, of: vm, db)
            }
            if var current = vm.current {
                current.observed.see(outcome, startTime: info?.startTime, endTime: info?.endTime, at: polledAt)
                current.answerID = answerID
                try update(current, db)
                vm.current = current
            } else {
                let observed = ObservedCustomization(
                    identity: identity, outcome: outcome, startTime: info?.startTime, endTime: info?.endTime,
                    firstPolledAt: polledAt)
                vm.current = try insert(observed, answerID: answerID, of: vm, db)
            }
        }
        vm.definiteAnswerID = answerID
        vm.definiteAnswerDigest = nil
        return true
    }

    /// Records that the vCenter no longer lists `vm`.
    static func lose(_ vm: inout TrackedVM, _ db: Database) throws {
        guard vm.current?.observed.outcome.isUnfinished == true else { return }
        vm.lose()
        if let current = vm.current { try update(current, db) }
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
                SELECT id, answer_id, last_polled_ms, polls, identity_basis, identity_value, outcome, start_ms, end_ms,
                    end_first_polled_ms, first_polled_ms
                FROM customization
                WHERE virtual_machine_endpoint_id = ? AND identity_basis = ? AND identity_value = ?
                """)
        statement.bind([.integer(vm.id), .text(basis), .integer(value)])
        var found: TrackedVM.Current?
        try statement.forEachRow(db) { row in
            found = TrackedVM.Current(
                id: try row.id(0),
                observed: try ObservedCustomization(
                    row, from: 4, lastPolledAt: row.timestamp(2), polls: row.count(3)),
                answerID: try row.id(1))
        }
        return found
    }

    private static func insert(
        _ observed: ObservedCustomization, answerID: Int64, of vm: TrackedVM, _ db: Database
    ) throws -> TrackedVM.Current {
        let (basis, value) = observed.identity.stored
        try db.cachedStatement(
            sql: """
                INSERT INTO customization (virtual_machine_endpoint_id, identity_basis, identity_value, outcome, start_ms, end_ms,
                    end_first_polled_ms, first_polled_ms, last_polled_ms, polls, window_ms, answer_id)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """
        ).run(
            [
                .integer(vm.id), .text(basis), .integer(value), .text(observed.outcome.rawValue),
                .instant(observed.startTime), .instant(observed.endTime), .instant(observed.endFirstPolledAt),
                .instant(observed.firstPolledAt), .instant(observed.lastPolledAt), .integer(Int64(observed.polls)),
                .instant(observed.windowInstant), .integer(answerID),
            ], db)
        return TrackedVM.Current(id: db.lastInsertedRowID, observed: observed, answerID: answerID)
    }

    private static func update(_ current: TrackedVM.Current, _ db: Database) throws {
        let observed = current.observed
        let (basis, value) = observed.identity.stored
        try db.cachedStatement(
            sql: """
                UPDATE customization SET identity_basis = ?, identity_value = ?, outcome = ?, start_ms = ?, end_ms = ?, end_first_polled_ms = ?, last_polled_ms = ?,
                    polls = ?, window_ms = ?, answer_id = ?
                WHERE id = ?
                """
        ).run(
            [
                .text(basis), .integer(value), .text(observed.outcome.rawValue), .instant(observed.startTime),
                .instant(observed.endTime), .instant(observed.endFirstPolledAt), .instant(observed.lastPolledAt),
                .integer(Int64(observed.polls)),
                .instant(observed.windowInstant), .integer(current.answerID), .integer(current.id),
            ], db)
    }
}

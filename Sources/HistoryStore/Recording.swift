import GRDB
import GuestCustomization

/// What the recording of polls keeps between transactions. Touched on the database's queue only, hence unchecked.
final class Recording: @unchecked Sendable {
    private var runs: [CollectionRunID: OpenRun] = [:]
    private var answers = AnswerRegister()
    private var polls = MultiRowStatement(
        "INSERT INTO poll (run_id, vm_id, offset_ms, answer_id) VALUES", row: "(?, ?, ?, ?)", columns: 4)
    private var counters = EndpointCounters()
    /// Changes when another connection has written, and then only.
    private var dataVersion: Int64?

    func run(_ id: CollectionRunID, path: String, _ db: Database) throws -> OpenRun {
        if let run = runs[id] { return run }
        let run = try OpenRun(id, path: path, db)
        runs[id] = run
        return run
    }

    func close(_ id: CollectionRunID) {
        runs[id] = nil
    }

    /// Runs a transaction; if it fails, what was read in it is forgotten with it.
    func transaction(_ db: Database, _ body: () throws -> Void) throws {
        do {
            try db.inTransaction(.immediate) {
                // Another process may have rebuilt the customizations, which numbers their rows anew.
                let version = try Int64.fetchOne(db.cachedStatement(sql: "PRAGMA data_version"))
                if version != dataVersion { forgetRuns() }
                dataVersion = version
                try body()
                return .commit
            }
        } catch {
            forgetRuns()
            answers = AnswerRegister()
            polls.removeAll()
            counters.removeAll()
            throw error
        }
    }

    /// Forgets what was read of VMs; it is read again when it is needed.
    func forgetRuns() {
        for run in runs.values { run.forget() }
    }

    /// Appends polls, in the order of their VMs: that is the order of the table, whose pages fill so.
    func append(_ batch: [Poll], to run: OpenRun, path: String, _ db: Database) throws {
        var failed = 0
        var reported = 0
        var lastReportedAt: Timestamp?
        var order: [(position: Int, index: Int)] = []
        order.reserveCapacity(batch.count)
        for index in batch.indices { order.append((try run.position(of: batch[index].vm, db), index)) }
        run.sortByVM(&order)

        for (position, index) in order {
            let result = batch[index].answer.result
            let polledAt = batch[index].polledAt
            if !result.isAnswer { failed += 1 }
            if result == .reported {
                reported += 1
                lastReportedAt = max(lastReportedAt ?? polledAt, polledAt)
            }
            try run.update(position) { vm in
                let (answerID, digest) = try answers.row(of: batch[index].answer, expected: vm.expectedAnswer, db)
                polls.append(
                    run.id.rawValue, vm.vmID, polledAt.unixMilliseconds &- run.startedAt.unixMilliseconds, answerID)
                let isReported = try CustomizationWriter.take(
                    answerID: answerID, result: result, info: batch[index].answer.info, at: polledAt, run: run.id, &vm,
                    db)
                if vm.definiteAnswerID == answerID { vm.definiteAnswerDigest = digest }
                if isReported { counters.append(vm) }
            }
        }
        try polls.flush(db)
        try counters.flush(db)

        try db.cachedStatement(
            sql: """
                UPDATE collection_run SET polls = polls + ?1, failed_polls = failed_polls + ?2,
                    reported_polls = reported_polls + ?3, last_reported_ms = coalesce(max(last_reported_ms, ?4), ?4, last_reported_ms)
                WHERE id = ?5 AND outcome = 'running'
                """
        ).execute(arguments: [batch.count, failed, reported, lastReportedAt, run.id.rawValue])
        guard db.changesCount == 1 else { throw HistoryDatabaseError.runEnded(run.id, path) }
    }
}

extension TrackedVM {
    fileprivate var expectedAnswer: (id: Int64, digest: AnswerDigest)? {
        guard let definiteAnswerID, let definiteAnswerDigest else { return nil }
        return (definiteAnswerID, definiteAnswerDigest)
    }
}

/// Writes the columns of `virtual_machine_endpoint` that change with every poll that reported a status.
struct EndpointCounters {
    // An upsert: an UPDATE for each row, stepped without GRDB, took longer. The rows are there: nothing is ever inserted, and
    // the foreign keys would refuse it.
    private var statement = MultiRowStatement(
        "INSERT INTO virtual_machine_endpoint (id, vm_id, endpoint_id, polls, last_reported_ms) VALUES",
        row: "(?, 0, 0, ?, ?)",
        tail: "ON CONFLICT (id) DO UPDATE SET polls = excluded.polls, last_reported_ms = excluded.last_reported_ms",
        columns: 3)

    /// A VM that never reported has nothing to write.
    mutating func append(_ vm: TrackedVM) {
        guard let last = vm.lastReportedAt else { return }
        statement.append(vm.id, Int64(vm.current?.observed.polls ?? 0), last.unixMilliseconds)
    }

    mutating func removeAll() {
        statement.removeAll()
    }

    mutating func flush(_ db: Database) throws {
        try statement.flush(db)
    }
}

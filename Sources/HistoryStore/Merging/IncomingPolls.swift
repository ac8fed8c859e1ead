import GRDB
import GuestCustomization

/// Brings in the polls of one vCenter's runs, and the answers to them.
struct IncomingPolls {
    /// All runs on the vCenter, those of this history and those brought in, in order: their numbers here and, if they are brought in,
    /// there.
    let runs: [(here: Int64, there: Int64?)]
    /// The rows of `virtual_machine_endpoint` here by those there.
    let rows: [Int64: Int64]
    /// Called with the number of polls brought in.
    let progress: (Int) throws -> Void

    func bring(_ answers: inout IncomingAnswers, _ source: Database, _ target: Database) throws {
        let involved = try involvedRows(source)
        var incoming = try AnswerChanges.read(of: { rows[$0] != nil }, source)
        var recorded = try AnswerChanges.read(of: involved.contains, target)
        // Of pruned polls only the last answers are left: they stay as they are.
        let pruned = try Baseline.current(target)?.lastRun ?? 0
        var latest: [Int64: Int64] = [:]
        for row in involved { latest[row] = recorded[row]?.latest(through: pruned) }
        var merged: [(row: Int64, run: Int64, answerID: Int64)] = []
        func take(_ row: Int64, _ run: Int64, _ answerID: Int64) {
            if latest[row] != answerID { merged.append((row, run, answerID)) }
            latest[row] = answerID
        }
        for run in runs where run.here > pruned {
            var polls: [PollBlock.Entry] = []
            guard let there = run.there else {
                try PollBlockTable(runID: run.here).forEachPoll(target) { polls.append($0) }
                for poll in polls where involved.contains(poll.row) {
                    take(poll.row, run.here, try recorded[poll.row, default: AnswerChanges()].answer(in: run.here))
                }
                continue
            }
            try PollBlockTable(runID: there).forEachPoll(source) { polls.append($0) }
            for index in polls.indices {
                guard let row = rows[polls[index].row] else {
                    throw StoredValueFault(complaint: "is not the row of a VM that was polled")
                }
                let answer = try incoming[polls[index].row, default: AnswerChanges()].answer(in: there)
                take(row, run.here, try answers.row(of: answer, source, target))
                polls[index].row = row
            }
            var parts: [Int64: Int64] = [:]
            try PollBlockTable(runID: run.here).append(polls.sorted { $0.row < $1.row }, parts: &parts, target)
            try progress(polls.count)
        }
        for row in involved {
            try target.cachedStatement(
                sql: "DELETE FROM answer_change WHERE virtual_machine_endpoint_id = ? AND run_id > ?"
            )
            .run([.integer(row), .integer(pruned)], target)
        }
        for change in merged { try AnswerChanges.add(change.answerID, from: change.run, to: change.row, target) }
    }

    /// The rows here of the VMs that were polled in the runs brought in.
    private func involvedRows(_ source: Database) throws -> Set<Int64> {
        var involved: Set<Int64> = []
        for run in runs {
            guard let there = run.there else { continue }
            try PollBlockTable(runID: there).forEachPoll(source) { poll in
                if let row = rows[poll.row] { involved.insert(row) }
            }
        }
        return involved
    }
}

/// Finds the rows of answers from another history, or adds them.
struct IncomingAnswers {
    /// The rows of `answer` here by those there.
    private var known: [Int64: Int64] = [:]

    mutating func row(of answer: Int64, _ source: Database, _ target: Database) throws -> Int64 {
        if let id = known[answer] { return id }
        let statement = try source.cachedStatement(
            sql: """
                SELECT sha256, result, is_answer, http_status, status, start_ms, end_ms, error_id, error_message, error_untranslated, raw
                FROM answer WHERE id = ?
                """)
        statement.bind([.integer(answer)])
        let stored = try statement.firstRow(source) {
            (digest: try $0.digest(0), answer: try StoredAnswer($0, from: 1))
        }
        guard let stored else { throw StoredValueFault(complaint: "names no row of answer") }
        let id =
            try AnswerRegister.stored(stored.digest, target) ?? stored.answer.insert(target, digest: stored.digest)
        known[answer] = id
        return id
    }
}

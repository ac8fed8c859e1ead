import GRDB
import GuestCustomization

/// Writes polls and everything derived from them. A collection run waits for this, so little is done for each poll.
struct PollWriter {
    /// What a batch adds to its run's figures.
    struct Figures {
        var failed = 0
        var reported = 0
        var lastReportedAt: Timestamp?
    }

    private var answers = AnswerRegister()
    private var statement = MultiRowStatement("INSERT INTO poll (run_id, vm_id, offset_ms, answer_id) VALUES")
    private var reports = LastReportWriter()

    /// Appends polls in the order of their VMs: this is the order of the table, so its pages fill up.
    mutating func append(_ batch: [Poll], to run: OpenRun, _ db: Database) throws -> Figures {
        var figures = Figures()
        let order = try run.order(of: batch, db)
        try batch.withUnsafeBufferPointer { polls in
            guard let first = polls.baseAddress else { return }
            try run.withTracked { tracked in
                for entry in order {
                    try append(
                        first + Int(entry.index), of: &tracked[Int(entry.position)], to: run, &figures, db)
                }
            }
        }
        try statement.flush(db)
        try reports.flush(db)
        return figures
    }

    private mutating func append(
        _ poll: UnsafePointer<Poll>, of vm: inout TrackedVM, to run: OpenRun, _ figures: inout Figures, _ db: Database
    ) throws {
        let (result, polledAt) = (poll.pointee.answer.result, poll.pointee.polledAt)
        if !poll.pointee.answer.isAnswer { figures.failed += 1 }
        if result == .reported {
            figures.reported += 1
            figures.lastReportedAt = max(figures.lastReportedAt ?? polledAt, polledAt)
        }
        let expected = vm.definiteAnswerID.flatMap { id in vm.definiteAnswerDigest.map { (id, $0) } }
        let answerID = try answers.row(of: poll, expected: expected, db)
        statement.append(
            run.id.rawValue, vm.vmID, polledAt.unixMilliseconds &- run.startedAt.unixMilliseconds, answerID)
        let changesLastReport = try CustomizationWriter.take(
            answerID: answerID, result: result, info: poll.pointee.answer.info, at: polledAt, run: run.id, &vm, db)
        if changesLastReport { reports.append(vm) }
    }
}

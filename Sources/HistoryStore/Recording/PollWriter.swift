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
    private var entries: [PollBlock.Entry] = []

    /// Appends polls in the order of their VMs' rows, so that those of a block are together.
    mutating func append(_ batch: [Poll], to run: OpenRun, _ db: Database) throws -> Figures {
        var figures = Figures()
        let order = try run.order(of: batch, db)
        entries.removeAll(keepingCapacity: true)
        try batch.withUnsafeBufferPointer { polls in
            guard let first = polls.baseAddress else { return }
            try run.withTracked { tracked in
                for entry in order {
                    try append(
                        first + Int(entry.index), of: &tracked[Int(entry.position)], to: run, &figures, db)
                }
            }
        }
        try run.append(entries, db)
        return figures
    }

    private mutating func append(
        _ poll: UnsafePointer<Poll>, of vm: inout TrackedVM, to run: OpenRun, _ figures: inout Figures, _ db: Database
    ) throws {
        let (result, polledAt) = (poll.pointee.answer.result, poll.pointee.polledAt)
        guard !vm.isPolled else { throw DatabaseError(message: "a VM was polled twice in run \(run.id.rawValue)") }
        vm.isPolled = true
        if !poll.pointee.answer.isAnswer { figures.failed += 1 }
        if result == .reported {
            figures.reported += 1
            figures.lastReportedAt = max(figures.lastReportedAt ?? polledAt, polledAt)
        }
        entries.append(PollBlock.Entry(row: vm.id, milliseconds: polledAt.unixMilliseconds))
        if !vm.hasOpenSpan {
            try PollSpans.begin(vm.id, at: run.id.rawValue, db)
            vm.hasOpenSpan = true
        }
        let answer = try answers.row(of: poll, expected: vm.answer, db)
        guard vm.isNews(answer.id) else { return }
        if answer.id != vm.answer?.id {
            try db.cachedStatement(
                sql: "INSERT INTO answer_change (virtual_machine_endpoint_id, run_id, answer_id) VALUES (?, ?, ?)"
            ).run([.integer(vm.id), .integer(run.id.rawValue), .integer(answer.id)], db)
        }
        let news = AnswerNews(
            answer: answer, result: result, info: poll.pointee.answer.info, polledAt: polledAt, run: run.id)
        try CustomizationWriter.take(
            news, earlier: vm.answer == nil ? nil : LatestPolls.read(of: vm.id, db), of: vm.id, db)
        vm.answer = answer
        vm.isLost = false
    }
}

/// An answer that differs from the VM's previous one, or comes after the VM was gone.
struct AnswerNews {
    var answer: AnswerRegister.Row
    var result: Answer.Result
    /// The reported status; `nil` if there is none.
    var info: CustomizationInfo?
    var polledAt: Timestamp
    var run: CollectionRunID
}

/// The polls that got the VM's latest answer in succession.
struct LatestPolls {
    var count: Int
    /// When the last of them was sent.
    var lastAt: Timestamp

    static func read(of row: Int64, _ db: Database) throws -> LatestPolls? {
        let statement = try db.cachedStatement(
            sql: "SELECT polls, polled_ms FROM latest_poll WHERE virtual_machine_endpoint_id = ?")
        statement.bind([.integer(row)])
        return try statement.firstRow(db) { LatestPolls(count: try $0.count(0), lastAt: try $0.timestamp(1)) }
    }
}

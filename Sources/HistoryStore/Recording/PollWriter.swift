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
    /// The VMs of a batch about which something new is known.
    private var newsOf: Set<Int64> = []

    /// Appends polls in the order of their VMs' rows, so that those of a block are together.
    mutating func append(_ batch: [Poll], to run: OpenRun, _ db: Database) throws -> Figures {
        var figures = Figures()
        let order = try run.order(of: batch, db)
        entries.removeAll(keepingCapacity: true)
        newsOf.removeAll(keepingCapacity: true)
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
        for vm in newsOf { try EventFold.refresh(vm, db) }
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
            try AnswerChanges.add(answer.id, from: run.id.rawValue, to: vm.id, db)
        }
        let news = AnswerNews(
            answer: answer, result: result, info: poll.pointee.answer.info, polledAt: polledAt, run: run.id)
        try CustomizationWriter.take(
            news, earlier: vm.answer == nil ? nil : LatestPolls.read(of: vm.id, db), of: vm.id, db)
        newsOf.insert(vm.vmID)
        vm.answer = answer
        vm.isLost = false
    }
}

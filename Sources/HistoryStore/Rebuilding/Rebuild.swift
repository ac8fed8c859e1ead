import GRDB
import GuestCustomization

/// Replays all polls in the order of the runs, from the baseline on if polls were removed.
struct Rebuild {
    private struct Run {
        var id: Int64
        var vCenterID: Int64
        var endpointID: Int64
        var isOver: Bool
    }

    private struct VM {
        var tracked: TrackedVM
        /// The polls that got its latest answer.
        var latest: LatestPolls?
        /// The run that last polled it.
        var lastRun: Int64?
        var changes = AnswerChanges()
    }

    private let baseline: Baseline?
    private let runs: [Run]
    /// By row of `virtual_machine_endpoint`.
    private var vms: [Int64: VM] = [:]
    /// Whether all runs are replayed.
    private let isWhole: Bool
    /// The VMs that were gone in a run's listing, by the run's row.
    private var gone: [Int64: [Int64]] = [:]

    /// - Parameter last: The last run that is replayed; `nil` replays all.
    init(_ db: Database, through last: Int64? = nil) throws {
        isWhole = last == nil
        baseline = try Baseline.current(db)
        runs = try db.rows(
            of: """
                SELECT id, vcenter_id, endpoint_id, outcome <> 'running' FROM collection_run
                WHERE id > \(baseline?.lastRun ?? 0) AND id <= \(last ?? .max) ORDER BY id
                """
        ) {
            Run(id: try $0.id(0), vCenterID: try $0.id(1), endpointID: try $0.id(2), isOver: try $0.flag(3))
        }
        try db.forEachRow(of: "SELECT id, vm_id FROM virtual_machine_endpoint") { row in
            vms[try row.id(0)] = VM(tracked: TrackedVM(vmID: try row.id(1), id: try row.id(0)))
        }
        for (row, changes) in try AnswerChanges.read(db) { vms[row]?.changes = changes }
        try baseline?.forEachVM(db) { row, known in
            vms[row]?.tracked.answer = known.answer
            vms[row]?.tracked.hasOpenSpan = known.hasOpenSpan
            vms[row]?.tracked.isLost = known.isLost
            vms[row]?.latest = known.latest
            vms[row]?.lastRun = known.lastRun
        }
        try db.forEachRow(
            of: """
                SELECT gone_run_id, virtual_machine_endpoint_id FROM virtual_machine_listing WHERE gone_run_id IS NOT NULL
                """
        ) { gone[try $0.id(0), default: []].append(try $0.id(1)) }
    }

    /// Fills the derived tables, and the places of the runs, anew.
    mutating func run(_ db: Database) throws {
        try db.execute(sql: "DELETE FROM latest_answer; DELETE FROM customization; DELETE FROM poll_span;")
        try db.execute(
            sql: "UPDATE collection_run SET is_regular = NULL WHERE id > ?", arguments: [baseline?.lastRun ?? 0])
        try baseline?.restore(db)
        for run in runs {
            for row in gone[run.id] ?? [] { try lose(row, db) }
            let spans = PollSpans(vCenterID: run.vCenterID, endpointID: run.endpointID)
            let sequence = (try spans.latestRegularRun(db)?.sequence ?? 0) + 1
            try db.cachedStatement(sql: "UPDATE collection_run SET sequence = ? WHERE id = ?")
                .run([.integer(Int64(sequence)), .integer(run.id)], db)
            // Polls are read first, because recording one runs other statements.
            var polls: [PollBlock.Entry] = []
            try PollBlockTable(runID: run.id).forEachPoll(db) { polls.append($0) }
            for poll in polls.sorted(by: { $0.row < $1.row }) { try replay(poll, in: run, db) }
            guard run.isOver else { continue }
            for row in try spans.end(run.id, db) { vms[row]?.tracked.hasOpenSpan = false }
        }
        if isWhole { try EventFold.takeAll(db) }
    }

    private mutating func lose(_ row: Int64, _ db: Database) throws {
        guard let latest = vms[row]?.latest else { return }
        if try CustomizationWriter.lose(row, after: latest, db) { vms[row]?.tracked.isLost = true }
    }

    private mutating func replay(_ poll: PollBlock.Entry, in run: Run, _ db: Database) throws {
        guard var vm = vms[poll.row] else {
            throw StoredValueFault(complaint: "is not the row of a VM that was polled at the run's endpoint")
        }
        let answerID = try vm.changes.answer(in: run.id)
        let polledAt = Timestamp(unixMilliseconds: poll.milliseconds)
        if !vm.tracked.hasOpenSpan {
            try PollSpans.begin(poll.row, at: run.id, db)
            vm.tracked.hasOpenSpan = true
        }
        if vm.tracked.isNews(answerID) {
            let news = try news(answerID, polledAt, in: run, db)
            try CustomizationWriter.take(news, earlier: vm.latest, of: poll.row, db)
            vm.tracked.answer = news.answer
            vm.tracked.isLost = false
            vm.latest = LatestPolls(count: 1, lastAt: polledAt)
        } else {
            vm.latest?.count += 1
            vm.latest?.lastAt = polledAt
        }
        vm.lastRun = run.id
        vms[poll.row] = vm
    }

    /// Calls `body` with each VM that was polled, the run that last did, and the polls that got its latest answer.
    func forEachPolled(_ body: (_ row: Int64, _ lastRun: Int64, LatestPolls) throws -> Void) rethrows {
        for (row, vm) in vms {
            guard let run = vm.lastRun, let latest = vm.latest else { continue }
            try body(row, run, latest)
        }
    }

    private func news(_ answerID: Int64, _ polledAt: Timestamp, in run: Run, _ db: Database) throws -> AnswerNews {
        let statement = try db.cachedStatement(
            sql: "SELECT sha256, result, status, start_ms, end_ms FROM answer WHERE id = ?")
        statement.bind([.integer(answerID)])
        let news = try statement.firstRow(db) { row in
            AnswerNews(
                answer: AnswerRegister.Row(id: answerID, digest: try row.digest(0)), result: try row.word(1),
                info: try row.textOrNull(2).map {
                    CustomizationInfo(
                        status: CustomizationStatus(rawValue: $0), startTime: try row.timestampOrNull(3),
                        endTime: try row.timestampOrNull(4))
                }, polledAt: polledAt, run: CollectionRunID(rawValue: run.id))
        }
        guard let news else { throw StoredValueFault(complaint: "names no row of answer") }
        return news
    }
}

import GRDB
import GuestCustomization
import TestSupport
import Testing

@testable import HistoryStore

@Suite struct PrunePropertyTests {
    @Test func `a pruned history goes on like one that keeps everything`() async throws {
        let base = UInt64.random(in: 0..<UInt64(UInt32.max))
        var pruned = 0
        for seed in base..<base + 15 { pruned += try await Twins(seed: seed).run() }
        #expect(pruned > 0)
    }
}

/// Two histories to which the same is recorded, one of which is pruned now and then.
private final class Twins {
    private let whole: TemporaryHistory
    private let pruned: TemporaryHistory
    private let seed: UInt64
    private var random: SeededGenerator
    private var answers = RandomAnswers()
    private var prunes = 0
    private var name = 0
    /// The sources whose latest run was killed.
    private var open: Set<String> = []

    init(seed: UInt64) throws {
        (whole, pruned) = (try TemporaryHistory(), try TemporaryHistory(clock: ManualClock(.skipped).steady))
        self.seed = seed
        random = SeededGenerator(seed: seed)
    }

    /// - Returns: How often polls were removed.
    func run() async throws -> Int {
        let vms = (0..<Int.random(in: 1...5, using: &random)).map { "vm-\($0)" }
        for hour in 0..<Int.random(in: 2...30, using: &random) {
            try await record(hour, vms)
            if Int.random(in: 0..<3, using: &random) == 0 { try pruned.reopen() }
            if Int.random(in: 0..<6, using: &random) == 0 { try await prune(upTo: hour) }
            if Int.random(in: 0..<4, using: &random) == 0 { try await compare() }
        }
        try await prune(upTo: 30)
        try await compare()
        return prunes
    }

    private func record(_ hour: Int, _ vms: [String]) async throws {
        let vCenter = random.pick(["vc", "vc", "vc", "other"])
        let endpoint = random.pick([Endpoint.customization, .customizationLive, .customizationLive])
        let start = Timestamp.epoch(Double(hour * 3600 - (Int.random(in: 0..<12, using: &random) == 0 ? 9000 : 0)))
        let listed = vms.filter { _ in Int.random(in: 0..<4, using: &random) > 0 }
        // A name that only a run shows which is killed, while another endpoint goes on, is in no sealed record.
        open.remove(vCenter + endpoint.rawValue)
        if open.isEmpty { name = Int.random(in: 0..<3, using: &random) }
        let list = VirtualMachineList(
            listed.map { VirtualMachine(id: $0, name: "\($0) \(name)") },
            isWhole: Int.random(in: 0..<3, using: &random) > 0)
        var asked = (Bool.random(using: &random) ? listed : vms).shuffled(using: &random)
        let isKilled = Int.random(in: 0..<6, using: &random) == 0
        if isKilled { open.insert(vCenter + endpoint.rawValue) }
        if isKilled { asked.removeLast(Int.random(in: 0...asked.count, using: &random)) }
        let polls = asked.map { vm in
            Poll(
                vm: vm, polledAt: start.advanced(bySeconds: Double.random(in: -1...50, using: &random)),
                answer: answers.next(for: vCenter + vm + endpoint.rawValue, &random))
        }
        let isListed = Int.random(in: 0..<5, using: &random) > 0
        for history in [whole, pruned] {
            let run = try await history.database.beginRun(vCenter: vCenter, endpoint: endpoint, at: start)
            if isListed { try await history.database.record(list, in: run, at: start) }
            try await history.database.append(polls, to: run)
            if !isKilled {
                try await history.database.finishRun(
                    run, as: CollectionRunEnd(outcome: .complete, finishedAt: start))
            }
        }
    }

    private func prune(upTo hour: Int) async throws {
        let date = Timestamp.epoch(Double(Int.random(in: 0...hour + 1, using: &random) * 3600))
        let before = try pruned.query("SELECT count(*) FROM seal")
        let prepared = try pruned.database.preparePrune(before: date)
        try #require(
            try pruned.query("SELECT count(*) FROM seal") == before, "a preparation writes nothing, seed \(seed)")
        try await pruned.database.prune(prepared, at: date)
        guard let last = prepared.summary.lastRun else {
            try #require(try pruned.query("SELECT count(*) FROM seal") == before, "nothing to record, seed \(seed)")
            return
        }
        prunes += 1
        try #require(
            try pruned.query("SELECT 1 FROM poll WHERE run_id <= \(last.rawValue) LIMIT 1").isEmpty, "seed \(seed)")
        try #require(
            try pruned.query(
                "SELECT 1 FROM collection_run WHERE started_ms >= \(date.unixMilliseconds) AND id <= \(last.rawValue)"
            )
            .isEmpty, "seed \(seed)")
    }

    private func compare() async throws {
        for (what, query) in Self.everything {
            try #require(try pruned.query(query) == whole.query(query), "\(what), seed \(seed)")
        }
        let last = try pruned.query("SELECT ifnull(max(last_run_id), 0) FROM prune")[0]
        let polls = "SELECT * FROM (\(Self.polls)) WHERE run_id > \(last)"
        try #require(try pruned.query(polls) == whole.query(polls), "polls, seed \(seed)")
        for since in [0.0, 36_000] {
            try #require(
                try TallyLines.of(pruned.database, since: .epoch(since)).sorted()
                    == TallyLines.of(whole.database, since: .epoch(since)).sorted(), "report, seed \(seed)")
        }
        let kept = try pruned.query(FoldInvariants.dump)
        try await pruned.database.queue.writeWithoutTransaction { db in
            try db.execute(
                sql:
                    "UPDATE customization SET polls = 77, outcome = 'other'; DELETE FROM poll_span; UPDATE latest_answer SET since_run_id = 1"
            )
        }
        try await pruned.database.rebuildCustomizations()
        try #require(try pruned.query(FoldInvariants.dump) == kept, "rebuilt, seed \(seed)")
        let verified = try pruned.database.verify()
        try #require(
            verified.prunes.count == prunes && verified.prunes.allSatisfy(\.isComplete), "verified, seed \(seed)")
        try #require(try pruned.query("PRAGMA foreign_key_check").isEmpty, "seed \(seed)")
    }

    private static let polls = """
        SELECT p.run_id, p.vm, p.vm_name, p.endpoint, p.polled_at, p.result, p.status, a.sha256
        FROM poll_history AS p JOIN answer_history AS a ON a.answer_id = p.answer_id ORDER BY 1, 2, 4
        """

    private static let everything = [
        ("customizations", "SELECT * FROM customization_history ORDER BY 1, 2, 4, 5, 6, 7, 11, 12"),
        ("errors", "SELECT * FROM latest_error ORDER BY 1, 2"),
        ("VMs", "SELECT * FROM virtual_machine_history ORDER BY 1, 2"),
        ("runs", "SELECT * FROM collection_run_history ORDER BY 1"),
        ("reports", "SELECT * FROM last_report ORDER BY 1"),
        ("latest polls", "SELECT * FROM latest_poll ORDER BY 1"),
        ("spans", "SELECT * FROM poll_span ORDER BY 1, 2"),
        ("order of runs", "SELECT id, sequence, is_regular FROM collection_run ORDER BY 1"),
        (
            "totals",
            "SELECT vcenter_id, endpoint_id, outcome, bound_seconds, customizations FROM finished_total ORDER BY 1, 2, 3, 4"
        ),
        (
            "latest answers",
            """
            SELECT l.virtual_machine_endpoint_id, a.sha256, l.since_run_id, l.last_reported_ms, u.identity_basis, u.identity_value
            FROM latest_answer AS l JOIN answer AS a ON a.id = l.answer_id LEFT JOIN customization AS u ON u.id = l.customization_id
            ORDER BY 1
            """
        ),
    ]
}

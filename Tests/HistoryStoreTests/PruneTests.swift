import Foundation
import GRDB
import GuestCustomization
import TestSupport
import Testing

@testable import HistoryStore

@Suite struct PruneTests {
    /// Two vCenters polled every hour for ten hours; `vm-gone` is gone after the third.
    private static func recorded(clock: ManualClock = ManualClock(.skipped)) async throws -> TemporaryHistory {
        let history = try TemporaryHistory(clock: clock.steady)
        for hour in 0..<10 {
            let start = Double(hour * 3600)
            for vCenter in ["a", "b"] {
                var polls: [(String, Answer)] = [
                    ("vm-1", .status(.succeeded, start: 10, end: 60)),
                    ("vm-2", .status(hour % 2 == 0 ? .running : .failed, start: start)),
                    ("vm-3", .nothing(.unavailable, http: 503, "hour \(hour / 4)")),
                ]
                if hour < 3 { polls.append(("vm-gone", .status(.succeeded, start: 5, end: 6))) }
                try await history.run(at: .epoch(start), vCenter: vCenter, polls)
            }
        }
        return history
    }

    private static func prune(_ history: TemporaryHistory, before hour: Double) async throws -> PruneFigures {
        let prepared = try history.database.preparePrune(before: .epoch(hour * 3600))
        try await history.database.prune(prepared, at: .epoch(100_000))
        return prepared.summary
    }

    @Test func `a prune removes what it said, and an earlier date nothing more`() async throws {
        let history = try await Self.recorded()
        let answers = try history.query("SELECT count(*), max(id) FROM answer")
        let figures = try await Self.prune(history, before: 5)
        #expect(figures.lastRun?.rawValue == 10 && figures.runs == 10 && figures.polls == 36)
        #expect(figures.hindrance == nil && figures.bytes > 0)
        #expect(try history.query("SELECT min(run_id), count(*) FROM poll") == ["11|30"])
        #expect(try history.query("SELECT count(*) + \(figures.answers), max(id) FROM answer") == answers)
        #expect(
            try history.query("SELECT before, last_run_id, polls, answers, is_complete FROM prune_history") == [
                "2026-11-01T05:00:00.000Z|10|36|\(figures.answers)|1"
            ])
        #expect(try history.query("PRAGMA freelist_count") == ["0"])
        #expect(try await Self.prune(history, before: 4).lastRun == nil)
        #expect(try history.query("SELECT count(*) FROM prune") == ["1"])
        #expect(try history.database.verify().prunes.map(\.polls) == [36])
        #expect(try history.database.head().size == 21)
    }

    @Test func `an answer's number is not used again`() async throws {
        let history = try TemporaryHistory(clock: ManualClock(.skipped).steady)
        try await history.run(at: .epoch(0), [("vm-1", .nothing(.notFound, http: 404))])
        try await history.run(at: .epoch(10), [("vm-1", .nothing(.timedOut))])
        try await history.run(at: .epoch(20), [("vm-1", .nothing(.notFound, http: 404))])
        _ = try await Self.prune(history, before: 1)
        #expect(try history.query("SELECT id FROM answer") == ["1"])
        try await history.run(at: .epoch(30), [("vm-1", .nothing(.timedOut))])
        #expect(try history.query("SELECT id FROM answer") == ["1", "3"])
        _ = try history.database.verify()
    }

    @Test func `a run that has not ended, or is stamped later, ends what is pruned`() async throws {
        let history = try TemporaryHistory(clock: ManualClock(.skipped).steady)
        let answer = Answer.status(.succeeded, start: 0, end: 1)
        try await history.run(at: .epoch(0), [("vm-1", answer)])
        try await history.run(at: .epoch(90_000), vCenter: "fast", [("vm-1", answer)])
        try await history.run(at: .epoch(3600), [("vm-1", answer)])
        var figures = try await Self.prune(history, before: 2)
        #expect(figures.lastRun?.rawValue == 1)
        #expect(
            figures.hindrance
                == "run 2 of fast is stamped 2026-11-02T01:00:00.000Z: it and the runs after it are kept, even if they began before"
        )
        let open = try await history.database.beginRun(vCenter: "open", endpoint: .customization, at: .epoch(7200))
        figures = try await Self.prune(history, before: 30)
        #expect(figures.lastRun?.rawValue == open.rawValue - 1)
        #expect(figures.hindrance == "run 4 of open has not ended: it and the runs after it are kept")
    }

    @Test func `a prune that is interrupted anywhere leaves a sound history, and the next one goes on`() async throws {
        var interrupted = 0
        for steps in 1... {
            let sleeps = Counter()
            let clock = ManualClock(.skipped) { _ in
                if sleeps.next() == steps { withUnsafeCurrentTask { $0?.cancel() } }
            }
            let history = try await Self.recorded(clock: clock)
            let prepared = try history.database.preparePrune(before: .epoch(5 * 3600))
            let database = history.database
            let task = Task { try await database.prune(prepared, at: .epoch(100_000), firstLimit: 1) }
            if case .success = await task.result { break }
            interrupted += 1
            let verified = try history.database.verify()
            #expect(verified.prunes.allSatisfy { !$0.isComplete }, "after \(steps) steps")
            #expect(try history.query("SELECT count(*) FROM poll WHERE run_id > 10") == ["30"])
            // What is left of pruned polls is neither shown nor exported.
            if !verified.prunes.isEmpty {
                let vm = try #require(try history.database.virtualMachines(called: "vm-gone").first)
                let shown = try history.database.polls(of: vm, since: nil, limit: 10, includingBodies: false)
                #expect(shown.polls.isEmpty)
            }
            sleeps.stop()
            try await history.run(at: .epoch(40_000), vCenter: "a", [("vm-1", .status(.failed, start: 7))])
            let recorded = !verified.prunes.isEmpty
            _ = try await Self.prune(history, before: recorded ? 1 : 5)
            #expect(try history.database.verify().prunes.map(\.isComplete) == [true])
            #expect(try history.query("SELECT min(run_id) FROM poll") == ["11"])
        }
        #expect(interrupted > 5)
    }

    @Test func `what is altered in a pruned history is found`() async throws {
        let history = try await Self.recorded()
        _ = try await Self.prune(history, before: 5)
        let sound = try history.query("PRAGMA wal_checkpoint(TRUNCATE)")
        #expect(sound == ["0|0|0"])
        try history.database.close()
        let original = try Data(contentsOf: URL(fileURLWithPath: history.path))
        for change in Self.alterations {
            try original.write(to: URL(fileURLWithPath: history.path))
            try Self.alter(history.path, change)
            try history.reopen()
            #expect(throws: HistoryError.self, "\(change)") { try history.database.verify() }
            try history.database.close()
            for suffix in ["-wal", "-shm"] { try? FileManager.default.removeItem(atPath: history.path + suffix) }
        }
        try original.write(to: URL(fileURLWithPath: history.path))
        try history.reopen()
        _ = try history.database.verify()
    }

    private static let alterations = [
        "UPDATE baseline_customization SET outcome = 'failed' WHERE number = 1",
        "UPDATE baseline_customization SET polls = polls + 1 WHERE number = 2",
        "UPDATE baseline_answer SET polled_ms = polled_ms + 1 WHERE virtual_machine_endpoint_id = 4",
        "UPDATE baseline_answer SET change_run_id = change_run_id + 1 WHERE virtual_machine_endpoint_id = 4",
        "UPDATE baseline_span SET last_run_id = 2 WHERE last_run_id IS NOT NULL",
        "DELETE FROM baseline_span WHERE virtual_machine_endpoint_id = 1",
        "DELETE FROM baseline_customization WHERE virtual_machine_endpoint_id = 4",
        "DELETE FROM baseline_answer WHERE virtual_machine_endpoint_id = 4",
        "INSERT INTO prune (id, leaf, last_run_id, is_complete) VALUES (2, 7, 12, 1)",
        "UPDATE prune SET last_run_id = 12; DELETE FROM poll_block WHERE run_id <= 12",
        "UPDATE prune SET leaf = 3", "DELETE FROM prune",
        "DELETE FROM poll_block WHERE run_id = 11", "DELETE FROM answer_change WHERE run_id = 11",
        "DELETE FROM answer_change WHERE run_id <= 10 AND virtual_machine_endpoint_id = 1",
        "UPDATE answer_change SET run_id = run_id - 1 WHERE run_id = 9",
        "INSERT INTO answer_change SELECT virtual_machine_endpoint_id, 1, answer_id FROM answer_change WHERE run_id = 9 LIMIT 1",
        "INSERT INTO poll_block SELECT 3, block, part, first_ms, digits, offsets FROM poll_block WHERE run_id = 11",
        "UPDATE collection_run SET polls = polls + 1 WHERE id = 3",
        "UPDATE collection_run SET is_regular = 0 WHERE id = 3", "UPDATE collection_run SET sequence = 9 WHERE id = 3",
        "UPDATE seal SET record = replace(record, '\"last_run\":10', '\"last_run\":12') WHERE run_id IS NULL",
        """
        UPDATE virtual_machine_endpoint SET vm_id = -vm_id WHERE id IN (4, 8);
        UPDATE virtual_machine_endpoint SET vm_id = iif(id = 4, 8, 4) WHERE id IN (4, 8)
        """,
        "UPDATE customization SET polls = polls + 1 WHERE id = 1",
        "UPDATE poll_span SET first_run_id = 2 WHERE first_run_id = 1",
        "UPDATE latest_answer SET since_run_id = since_run_id + 1 WHERE virtual_machine_endpoint_id = 4",
    ]

    private static func alter(_ path: String, _ change: String) throws {
        var configuration = Configuration()
        configuration.foreignKeysEnabled = false
        let queue = try DatabaseQueue(path: path, configuration: configuration)
        try queue.writeWithoutTransaction { db in
            let triggers = try Row.fetchAll(db, sql: "SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'")
            for trigger in triggers { try db.execute(sql: "DROP TRIGGER \(trigger["name"] as String)") }
            try db.execute(sql: change)
            for trigger in triggers { try db.execute(sql: trigger["sql"]) }
        }
        try queue.close()
    }

    @Test func `a history that is not as it was recorded is not pruned`() async throws {
        let history = try await Self.recorded()
        try Self.alter(history.path, "UPDATE poll_block SET first_ms = first_ms + 1 WHERE run_id = 3")
        try history.reopen()
        #expect(throws: HistoryError.self) { try history.database.preparePrune(before: .epoch(5 * 3600)) }
    }

    @Test func `a vCenter whose polls were pruned is not merged`() async throws {
        let history = try await Self.recorded()
        _ = try await Self.prune(history, before: 5)
        let runs = try history.query("SELECT * FROM collection_run")
        await #expect {
            _ = try await history.database.mergeVCenter("a", into: "b")
        } throws: { error in
            (error as? HistoryError)?.message.contains("cannot merge a") == true
        }
        #expect(try history.query("SELECT * FROM collection_run") == runs)
        try await history.run(at: .epoch(50_000), vCenter: "c", [("vm-1", .status(.failed, start: 7))])
        try await history.run(at: .epoch(50_000), vCenter: "d", [("vm-1", .status(.failed, start: 7))])
        _ = try await history.database.mergeVCenter("c", into: "d")
        _ = try history.database.verify()
    }

    @Test func `a collector that knows an answer which is pruned meanwhile records it again`() async throws {
        let history = try TemporaryHistory(clock: ManualClock(.skipped).steady)
        let other = try TemporaryHistory.open(history.path)
        let old = Answer.nothing(.notFound, http: 404, "old")
        for (hour, answer) in [old, .nothing(.timedOut), .nothing(.timedOut)].enumerated() {
            let run = try await other.beginRun(vCenter: "vc", endpoint: .customization, at: .epoch(Double(hour * 3600)))
            try await other.append([Poll(vm: "vm-1", polledAt: .epoch(Double(hour * 3600)), answer: answer)], to: run)
            try await other.finishRun(
                run, as: CollectionRunEnd(outcome: .complete, finishedAt: .epoch(Double(hour * 3600))))
        }
        let run = try await other.beginRun(vCenter: "vc", endpoint: .customization, at: .epoch(20_000))
        _ = try await Self.prune(history, before: 1.5)
        #expect(try history.query("SELECT count(*) FROM answer") == ["1"])
        try await other.append([Poll(vm: "vm-1", polledAt: .epoch(20_001), answer: old)], to: run)
        try await other.finishRun(run, as: CollectionRunEnd(outcome: .complete, finishedAt: .epoch(20_002)))
        try other.close()
        _ = try history.database.verify()
    }

    @Test func `figures and warnings tell what was pruned`() async throws {
        let history = try await Self.recorded()
        let window = ReportWindow(since: .epoch(0), until: .epoch(40_000))
        let before = try history.database.coverage(of: window, matching: ReportFilter(), now: .epoch(40_000))
        _ = try await Self.prune(history, before: 5)
        var coverage = try history.database.coverage(of: window, matching: ReportFilter(), now: .epoch(40_000))
        #expect(coverage.pruned?.before == .epoch(18_000) && coverage.pruned?.lastRun.rawValue == 10)
        coverage.pruned = nil
        #expect(coverage == before)
        let later = ReportWindow(since: .epoch(20_000), until: .epoch(40_000))
        #expect(try history.database.coverage(of: later, matching: ReportFilter(), now: .epoch(40_000)).pruned == nil)
        let size = try history.database.size(at: .epoch(40_000))
        #expect(size.polls == 30 && size.prunedPolls == 36 && size.keptSince == .epoch(18_000))
        let vm = try #require(try history.database.virtualMachines(called: "vm-gone").first)
        let shown = try history.database.history(of: vm, limit: 10)
        #expect(shown.pruned != nil && shown.customizations.count == 1 && shown.latestPolls.count == 1)
        #expect {
            _ = try history.database.proof(ofPollOf: vm, at: .epoch(8000))
        } throws: { ($0 as? HistoryError)?.message.contains("it was pruned") == true }
        _ = try history.database.proof(of: CollectionRunID(rawValue: 3)).check()
    }
}

/// Counts, until it is stopped.
private final class Counter: @unchecked Sendable {
    private let lock = NSLock()
    private var count = 0
    private var isStopped = false

    func next() -> Int {
        lock.withLock {
            if !isStopped { count += 1 }; return isStopped ? 0 : count
        }
    }
    func stop() { lock.withLock { isStopped = true } }
}

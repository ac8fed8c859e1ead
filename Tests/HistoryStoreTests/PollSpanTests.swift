import GuestCustomization
import Testing

@testable import HistoryStore

/// A VM that is polled in run after run costs no row; what is counted from its span is what its polls are.
@Suite struct PollSpanTests {
    private func history(_ runs: [[Int]], vms: Int = 10) async throws -> TemporaryHistory {
        let history = try TemporaryHistory()
        let listing = (0..<vms).map { VirtualMachine(id: "vm-\($0)", name: "vm-\($0)") }
        for (hour, polled) in runs.enumerated() {
            try await history.run(
                at: .epoch(Double(hour) * 3600), listing: listing, isWhole: false,
                polled.map { ("vm-\($0)", .status(.succeeded, start: 0, end: Double($0 + 1))) })
        }
        return history
    }

    private func expectCounts(_ history: TemporaryHistory, _ runs: [[Int]]) throws {
        let counted = try history.query("SELECT vm, polls FROM customization_history ORDER BY vm")
        let polls = Dictionary(runs.joined().map { ($0, 1) }, uniquingKeysWith: +)
        #expect(counted == polls.sorted { $0.key < $1.key }.map { "vm-\($0.key)|\($0.value)" })
    }

    @Test func `runs that poll all VMs write no row of any table for a VM that has nothing new`() async throws {
        let all = Array(0..<10)
        let history = try await history(Array(repeating: all, count: 3))
        let sizes = """
            SELECT (SELECT count(*) FROM poll_span), (SELECT count(*) FROM answer_change), (SELECT count(*) FROM answer),
                (SELECT count(*) FROM latest_answer), (SELECT count(*) FROM customization), (SELECT count(*) FROM poll_block)
            """
        #expect(try history.query(sizes) == ["10|10|10|10|10|3"])
        #expect(
            try history.query("SELECT count(*) FROM poll_span WHERE last_run_id IS NULL AND first_run_id = 1") == ["10"]
        )
        try expectCounts(history, Array(repeating: all, count: 3))
    }

    @Test func `a run of few VMs is not regular: it ends no other span, and its polls are counted`() async throws {
        let all = Array(0..<10)
        let runs = [all, [3], [3, 4], all, [4], all]
        let history = try await history(runs)
        #expect(
            try history.query("SELECT sequence, is_regular FROM collection_run ORDER BY id") == [
                "1|1", "2|0", "2|0", "2|1", "3|0", "3|1",
            ])
        #expect(try history.query("SELECT count(*) FROM poll_span") == ["14"])
        try expectCounts(history, runs)
        #expect(
            try history.query("SELECT vm, last_polled_at FROM customization_history WHERE vm IN ('vm-3', 'vm-4')") == [
                "vm-3|2026-11-01T05:00:04.000Z", "vm-4|2026-11-01T05:00:05.000Z",
            ])
    }

    @Test func `a VM that a regular run leaves out has two spans, and one that is polled no more has an end`()
        async throws
    {
        let runs = [Array(0..<10), Array(0..<8), Array(1..<9), Array(0..<7), [9]]
        let history = try await history(runs)
        try expectCounts(history, runs)
        #expect(
            try history.query(
                "SELECT first_run_id, last_run_id FROM poll_span WHERE virtual_machine_endpoint_id IN (1, 9, 10) ORDER BY virtual_machine_endpoint_id, 1"
            ) == ["1|2", "4|NULL", "1|1", "3|3", "1|1", "5|5"])
        #expect(
            try history.query("SELECT vm, last_polled_at FROM customization_history WHERE vm = 'vm-8'") == [
                "vm-8|2026-11-01T02:00:08.000Z"
            ])
    }

    @Test func `polls of a run that is under way or was killed count at once`() async throws {
        let all = Array(0..<10)
        let history = try await history([all, all])
        let run = try await history.database.beginRun(vCenter: "vc", endpoint: .customizationLive, at: .epoch(7200))
        try await history.database.append(
            [1, 2].map {
                Poll(vm: "vm-\($0)", polledAt: .epoch(7201), answer: .status(.succeeded, start: 0, end: Double($0 + 1)))
            }, to: run)
        try expectCounts(history, [all, all, [1, 2]])
        try history.reopen()
        try expectCounts(history, [all, all, [1, 2]])
        try await history.run(at: .epoch(10_800), listing: [], isWhole: false, [])
        try expectCounts(history, [all, all, [1, 2]])
        #expect(try history.query("SELECT is_regular FROM collection_run ORDER BY id") == ["1", "1", "0", "0"])
    }

    @Test func `a run without any poll, such as one whose login was refused, ends no span`() async throws {
        let all = Array(0..<10)
        let history = try await history([all, [], [], all])
        #expect(try history.query("SELECT count(*) FROM poll_span") == ["10"])
        try expectCounts(history, [all, all])
    }
}

import GuestCustomization
import Testing

@testable import HistoryStore

struct FoldPropertyTests {
    /// All that the polls add up to, without the row numbers, which depend on the way there.
    private static let dump = """
        SELECT m.vm_id, m.endpoint_id, u.identity_basis, u.identity_value, u.outcome, u.start_ms, u.end_ms, u.end_first_polled_ms,
            u.first_polled_ms, u.last_polled_ms, u.polls, u.window_ms, u.answer_id, m.customization_id = u.id, m.polls,
            m.last_reported_ms
        FROM virtual_machine_endpoint AS m LEFT JOIN customization AS u ON u.virtual_machine_endpoint_id = m.id
        ORDER BY 1, 2, 3, 4
        """

    @Test("Whatever VMs answer, the kept customizations are what the definitions say and what a rebuild gives")
    func incrementalRebuiltAndOracleAgree() async throws {
        let base = UInt64.random(in: 0..<UInt64(UInt32.max))
        for seed in base..<base + 200 {
            let (history, oracle) = try await Self.record(seed: seed)
            let expected = Self.sorted(oracle.customizations())
            let kept = Self.sorted(try history.customizations())
            try #require(kept == expected, "seed \(seed)")
            let before = try history.query(Self.dump)
            try await history.database.rebuildCustomizations()
            try #require(try history.query(Self.dump) == before, "rebuilt, seed \(seed)")
            try #require(try history.query("PRAGMA foreign_key_check").isEmpty, "seed \(seed)")
        }
    }

    /// A history of a few VMs: both endpoints, killed runs, batches of any size and order, clocks that step back, restarts of the process.
    private static func record(seed: UInt64) async throws -> (TemporaryHistory, FoldOracle) {
        var random = SeededGenerator(seed: seed)
        var answers = RandomAnswers()
        let history = try TemporaryHistory()
        var oracle = FoldOracle(entries: [])
        let vms = (0..<Int.random(in: 1...4, using: &random)).map { "vm-\($0)" }
        for hour in 0..<Int.random(in: 1...24, using: &random) {
            let endpoint: Endpoint = Int.random(in: 0..<3, using: &random) == 0 ? .customization : .customizationLive
            let start = Timestamp.epoch(Double(hour * 3600 - (Int.random(in: 0..<9, using: &random) == 0 ? 9000 : 0)))
            let run = try await history.database.beginRun(vCenter: "vc", endpoint: endpoint, at: start)
            if Int.random(in: 0..<4, using: &random) > 0 {
                let list = VirtualMachineList(vms.map { VirtualMachine(id: $0, name: $0) }, isWhole: true)
                _ = try await history.database.record(list, in: run, at: start)
            }
            var rest = vms.shuffled(using: &random)
            let isKilled = Int.random(in: 0..<5, using: &random) == 0
            if isKilled { rest.removeLast(Int.random(in: 0...rest.count, using: &random)) }
            while !rest.isEmpty {
                let size = Int.random(in: 1...rest.count, using: &random)
                let polls = rest.prefix(size).map { vm in
                    Poll(
                        vm: vm, polledAt: start.advanced(bySeconds: Double.random(in: -1...50, using: &random)),
                        answer: answers.next(for: vm + endpoint.rawValue, &random))
                }
                rest.removeFirst(size)
                try await history.database.append(polls, to: run)
                oracle.entries += polls.map {
                    FoldOracle.Entry(
                        run: run, vm: $0.vm, endpoint: endpoint, polledAt: $0.polledAt, answer: $0.answer.withoutNUL)
                }
                if Int.random(in: 0..<10, using: &random) == 0 { try history.reopen() }
            }
            if !isKilled {
                try await history.database.finishRun(
                    run, as: CollectionRunEnd(outcome: .complete, finishedAt: start))
            }
            if Int.random(in: 0..<3, using: &random) == 0 { try history.reopen() }
        }
        return (history, oracle)
    }

    private static func sorted(_ customizations: [Customization]) -> [Customization] {
        customizations.sorted { String(describing: $0) < String(describing: $1) }
    }
}

extension Answer {
    /// A text is stored without NUL.
    fileprivate var withoutNUL: Answer {
        var answer = self
        if case .message(var message) = answer.info?.error {
            message.defaultMessage = message.defaultMessage.replacing("\0", with: "\u{FFFD}")
            answer.info?.error = .message(message)
        }
        return answer
    }
}

import GuestCustomization
import TestSupport
import Testing

@testable import HistoryStore

@Suite struct FoldPropertyTests {
    @Test func `the stored customizations equal the definitions and a rebuild, whatever VMs answer`() async throws {
        let base = UInt64.random(in: 0..<UInt64(UInt32.max))
        for seed in base..<base + 100 {
            let (history, oracle) = try await Self.record(seed: seed)
            let invariants = FoldInvariants(history: history, oracle: oracle, seed: seed)
            try invariants.requireDefinitions()
            try invariants.requirePolls()
            try await invariants.requireRebuild()
            try #require(try history.query("PRAGMA foreign_key_check").isEmpty, "seed \(seed)")
        }
    }

    /// A history of a few VMs: two vCenters and both endpoints, killed runs, batches of any size and order, clocks that step
    /// back, batches that fail, restarts of the process, rebuilds in the middle of a run, VMs that come and go in listings of all and of
    /// some. Judged now and then on the way too: a
    /// wrong row may be right again when the VM has answered once more.
    private static func record(seed: UInt64) async throws -> (TemporaryHistory, FoldOracle) {
        var random = SeededGenerator(seed: seed)
        var answers = RandomAnswers()
        let history = try TemporaryHistory()
        var oracle = FoldOracle()
        let vms = (0..<Int.random(in: 1...4, using: &random)).map { "vm-\($0)" }
        for hour in 0..<Int.random(in: 1...24, using: &random) {
            let vCenter = random.pick(["vc", "vc", "vc", "other"])
            let endpoint = random.pick([Endpoint.customization, .customizationLive, .customizationLive])
            let start = Timestamp.epoch(Double(hour * 3600 - (Int.random(in: 0..<9, using: &random) == 0 ? 9000 : 0)))
            let run = try await history.database.beginRun(vCenter: vCenter, endpoint: endpoint, at: start)
            var asked = vms
            if Int.random(in: 0..<4, using: &random) > 0 {
                let listed = vms.filter { _ in Int.random(in: 0..<4, using: &random) > 0 }
                let isWhole = Int.random(in: 0..<3, using: &random) > 0
                let list = VirtualMachineList(listed.map { VirtualMachine(id: $0, name: $0) }, isWhole: isWhole)
                _ = try await history.database.record(list, in: run, at: start)
                oracle.listings.append(
                    FoldOracle.Listing(run: run, vCenter: vCenter, vms: Set(listed), isWhole: isWhole))
                // Some are polled that the listing does not have.
                if Bool.random(using: &random) { asked = listed }
            }
            var rest = asked.shuffled(using: &random)
            let isKilled = Int.random(in: 0..<5, using: &random) == 0
            if isKilled { rest.removeLast(Int.random(in: 0...rest.count, using: &random)) }
            while !rest.isEmpty {
                let size = Int.random(in: 1...rest.count, using: &random)
                let polls = rest.prefix(size).map { vm in
                    Poll(
                        vm: vm, polledAt: start.advanced(bySeconds: Double.random(in: -1...50, using: &random)),
                        answer: answers.next(for: vCenter + vm + endpoint.rawValue, &random))
                }
                rest.removeFirst(size)
                if Int.random(in: 0..<8, using: &random) == 0 {
                    let others = polls.map {
                        Poll(vm: $0.vm, polledAt: $0.polledAt, answer: RandomAnswers.draw(&random))
                    }
                    await #expect(throws: HistoryError.self, "a VM twice in a run, seed \(seed)") {
                        try await history.database.append(others + others, to: run)
                    }
                }
                try await history.database.append(polls, to: run)
                oracle.entries += polls.map {
                    FoldOracle.Entry(
                        run: run, vCenter: vCenter, vm: $0.vm, endpoint: endpoint, polledAt: $0.polledAt,
                        answer: $0.answer)
                }
                if Int.random(in: 0..<10, using: &random) == 0 { try history.reopen() }
                let invariants = FoldInvariants(history: history, oracle: oracle, seed: seed)
                if Int.random(in: 0..<15, using: &random) == 0 {
                    try await invariants.requireRebuild(byAnother: Bool.random(using: &random))
                }
                if Int.random(in: 0..<5, using: &random) == 0 { try invariants.requireDefinitions() }
            }
            if !isKilled {
                try await history.database.finishRun(
                    run, as: CollectionRunEnd(outcome: .complete, finishedAt: start))
            }
            if Int.random(in: 0..<3, using: &random) == 0 { try history.reopen() }
        }
        return (history, oracle)
    }
}

import GuestCustomization
import TestSupport
import Testing

@testable import HistoryStore

/// A history that others are merged into, or that is merged into others, may be pruned too.
@Suite struct PrunedMergeTests {
    private static func prune(_ history: TemporaryHistory, beforeHour hour: Int) async throws -> Int {
        let date = Timestamp.epoch(Double(hour * 3600))
        let prepared = try history.database.preparePrune(before: date)
        try await history.database.prune(prepared, at: date)
        return prepared.summary.polls
    }

    @Test func `what follows a prune is merged, and comes to the same as if nothing had been pruned`() async throws {
        let base = UInt64.random(in: 0..<UInt64(UInt32.max))
        var pruned = 0
        for seed in base..<base + 6 {
            var collectors = try RandomCollectors(2, seed: seed)
            let (central, site) = (collectors.histories[0], collectors.histories[1])
            try await collectors.record(runs: 12)
            try await central.merge(site)
            pruned += try await Self.prune(site, beforeHour: 9)
            pruned += try await Self.prune(central, beforeHour: 7)
            try await collectors.record(runs: 8)
            try await central.merge(site)
            let found = try RandomCollectors.contents(of: central).filter { !$0.hasPrefix("poll") }
            let expected = try RandomCollectors.contents(of: collectors.whole).filter { !$0.hasPrefix("poll") }
            let difference = Set(found).symmetricDifference(expected).sorted().prefix(6).joined(separator: "\n")
            try #require(found == expected, "seed \(seed): \(difference)")
            let verified = try central.database.verify()
            #expect(verified.runs == (try collectors.whole.database.verify().runs), "seed \(seed)")
            #expect(try await central.merge(site).runs == 0, "seed \(seed)")
            #expect(try site.database.verify().prunes.count <= 1, "seed \(seed)")
            pruned += try await Self.prune(central, beforeHour: 18)
            #expect(try central.database.verify().prunes.allSatisfy(\.isComplete), "seed \(seed)")
        }
        #expect(pruned > 0)
    }

    @Test func `polls that were pruned before they were merged are missed`() async throws {
        var collectors = try RandomCollectors(2, seed: 4)
        try await collectors.record(runs: 16)
        let (central, site) = (collectors.histories[0], collectors.histories[1])
        #expect(try await Self.prune(site, beforeHour: 9) > 0)
        await #expect(throws: HistoryError.self) { try await central.merge(site) }
        #expect(try central.database.verify().merged.isEmpty)
        // The other way round, runs would come before the last pruned poll.
        let error = await #expect(throws: HistoryError.self) { try await site.merge(central) }
        #expect(error?.code == .usage && error?.message.contains("`prune` removed here") == true)
        #expect(try site.database.verify().merged.isEmpty)
    }

    @Test func `a history that is merged while a prune is prepared stops it`() async throws {
        var collectors = try RandomCollectors(2, seed: 4)
        try await collectors.record(runs: 16)
        let (central, site) = (collectors.histories[0], collectors.histories[1])
        let prepared = try central.database.preparePrune(before: .epoch(9 * 3600))
        try await central.merge(site)
        let error = await #expect(throws: HistoryError.self) {
            try await central.database.prune(prepared, at: .epoch(20 * 3600))
        }
        #expect(error?.message.contains("meanwhile; run this again") == true)
        #expect(try central.database.verify().prunes.isEmpty)
        #expect(try await Self.prune(central, beforeHour: 20) > 0)
        #expect(try central.database.verify().prunes.count == 1)
    }

    /// A prune that is killed before it is recorded leaves what it prepared.
    @Test func `what an unrecorded prune prepared is not in the way of a merge of vCenters`() async throws {
        let history = try TemporaryHistory()
        for (hour, vCenter) in ["a", "b", "a", "b"].enumerated() {
            try await history.run(
                at: .epoch(Double(hour * 3600)), vCenter: vCenter, [("vm-1", .status(.succeeded, start: 1, end: 2))])
        }
        try await history.database.queue.writeWithoutTransaction { db in
            try db.execute(
                sql: """
                    INSERT INTO prune (id) VALUES (1);
                    INSERT INTO baseline_span (virtual_machine_endpoint_id, prune_id, first_run_id)
                    SELECT id, 1, 1 FROM virtual_machine_endpoint;
                    """)
        }
        _ = try await history.database.mergeVCenter("a", into: "b")
        #expect(try history.database.verify().runs == 4)
    }
}

import GuestCustomization
import HistoryEvidence
import TestSupport
import Testing

@testable import HistoryStore

@Suite struct HistoryMergeTests {
    @Test func `merged histories equal one history that recorded everything, in any order and as often as one likes`()
        async throws
    {
        let base = UInt64.random(in: 0..<UInt64(UInt32.max))
        for seed in base..<base + 8 {
            var collectors = try RandomCollectors(3, seed: seed)
            let (a, b, c) = (collectors.histories[0], collectors.histories[1], collectors.histories[2])
            try await collectors.record(runs: 12)
            if seed % 2 == 0 {
                // Now and then in between, also by way of another one.
                try await a.merge(b)
                try await c.merge(a)
                try await collectors.record(runs: 12)
            }
            try await a.merge(b)
            try await a.merge(c)
            try await Self.require(a, equals: collectors.whole, seed)
            // The other way round: what is its own comes back, and is not taken twice.
            try await c.merge(a)
            try await Self.require(c, equals: collectors.whole, seed)
            try await b.merge(c)
            try await Self.require(b, equals: collectors.whole, seed)
            #expect(try await b.merge(a).runs == 0, "seed \(seed)")
            // They go on from there.
            try await collectors.record(runs: 4)
            try await a.merge(b)
            try await a.merge(c)
            try await Self.require(a, equals: collectors.whole, seed)
        }
    }

    private static func require(
        _ merged: TemporaryHistory, equals whole: TemporaryHistory, _ seed: UInt64
    ) async throws {
        let (found, expected) = (try RandomCollectors.contents(of: merged), try RandomCollectors.contents(of: whole))
        let difference = Set(found).symmetricDifference(expected).sorted().prefix(6).joined(separator: "\n")
        let isSame = found == expected
        try #require(isSame, "seed \(seed): \(difference)")
        #expect(
            try TallyLines.of(merged.database, since: .epoch(0)).sorted()
                == TallyLines.of(whole.database, since: .epoch(0)).sorted(), "seed \(seed)")
        let verified = try merged.database.verify()
        #expect(verified.runs == (try whole.database.verify().runs), "seed \(seed)")
        try #require(try merged.query("PRAGMA foreign_key_check").isEmpty, "seed \(seed)")
        try await merged.database.rebuildCustomizations()
        let isKept = try RandomCollectors.contents(of: merged) == expected
        try #require(isKept, "rebuilt, seed \(seed)")
    }
}

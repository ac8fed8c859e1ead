import GuestCustomization
import TestSupport
import Testing

@testable import HistoryStore

@Suite struct EventPropertyTests {
    @Test
    func
        `whatever polls and events say in whatever order, each customization is counted once and a rebuild finds the same`()
        async throws
    {
        let base = UInt64.random(in: 0..<UInt64(UInt32.max))
        for seed in base..<base + 60 {
            let (history, events) = try await Self.record(seed: seed)
            let told = EventPairing.customizations(of: [events])
            try #require(
                try history.query("SELECT count(*) FROM customization WHERE identity_basis = 'event'") == [
                    "\(told.count)"
                ],
                "seed \(seed)")
            let misplaced = try history.query(
                """
                SELECT u.id FROM customization AS u JOIN customization AS o ON o.id = u.same_as
                JOIN virtual_machine_endpoint AS m ON m.id = u.virtual_machine_endpoint_id
                JOIN virtual_machine_endpoint AS n ON n.id = o.virtual_machine_endpoint_id
                WHERE o.same_as IS NOT NULL OR m.vm_id <> n.vm_id OR (m.endpoint_id = 3) = (n.endpoint_id = 3)
                """)
            try #require(misplaced.isEmpty, "seed \(seed)")
            let kept = try history.query(Self.dump)
            try await history.database.rebuildCustomizations()
            try #require(try history.query(Self.dump) == kept, "rebuilt, seed \(seed)")
            try #require(try history.database.verify().isWhole, "seed \(seed)")
            try #require(
                try history.query("SELECT count(*) FROM customization WHERE same_as IS NOT NULL")
                    == history.query("SELECT count(DISTINCT same_as) FROM customization WHERE same_as IS NOT NULL"),
                "two to one, seed \(seed)")
        }
    }

    private static let dump = """
        SELECT u.virtual_machine_endpoint_id, u.identity_basis, u.identity_value, u.outcome, u.start_ms, u.end_ms, u.window_ms,
            u.last_polled_ms, u.answer_id, s.virtual_machine_endpoint_id, s.identity_basis, s.identity_value
        FROM customization AS u LEFT JOIN customization AS s ON s.id = u.same_as ORDER BY 1, 2, 3
        """

    /// What happens to two VMs, as polls and events see it: guests' clocks differ by a minute, runs miss some, events come late and twice.
    private static func record(seed: UInt64) async throws -> (TemporaryHistory, [CustomizationEvent]) {
        var random = SeededGenerator(seed: seed)
        let history = try TemporaryHistory()
        let vms = ["vm-1", "vm-2"]
        var (events, unread): ([CustomizationEvent], [CustomizationEvent]) = ([], [])
        var latest: [String: Answer] = [:]
        for hour in 0..<Int.random(in: 2...12, using: &random) {
            let start = 2_000_000.0 + Double(hour) * 3600
            for vm in vms where Bool.random(using: &random) {
                let skew = Double.random(in: -60...60, using: &random)
                let hasEnd = Int.random(in: 0..<5, using: &random) > 0
                let isFailure = Bool.random(using: &random)
                let key = Int64(events.count + 1)
                unread.append(.started(key, vm, at: start + 10))
                events.append(.started(key, vm, at: start + 10))
                latest[vm] = .reported(.running, start: start + 10 + skew, end: nil)
                guard hasEnd else { continue }
                let end = isFailure ? CustomizationEvent.failed : CustomizationEvent.succeeded
                events.append(end(key + 1, vm, start + 100))
                unread.append(end(key + 1, vm, start + 100))
                latest[vm] = .reported(
                    isFailure ? .failed : .succeeded,
                    start: Bool.random(using: &random) ? start + 10 + skew : nil, end: start + 100 + skew)
            }
            if Int.random(in: 0..<3, using: &random) > 0 {
                let listed = vms.filter { _ in Int.random(in: 0..<6, using: &random) > 0 }
                try await history.run(
                    at: .epoch(start + 1000), listing: listed.map { VirtualMachine(id: $0, name: "name of \($0)") },
                    isWhole: Bool.random(using: &random),
                    listed.map { ($0, latest[$0] ?? .reported(.notAvailable, start: nil, end: nil)) })
            }
            if Bool.random(using: &random) {
                try await history.read(at: .epoch(start + 1200), unread)
                unread = []
            }
            if Int.random(in: 0..<8, using: &random) == 0 { try history.reopen() }
        }
        try await history.read(at: .epoch(2_100_000), unread)
        return (history, events)
    }
}

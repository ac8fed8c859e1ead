import GRDB
import GuestCustomization
import Testing

@testable import HistoryStore

/// What reads a history while another process writes to it between any two of its statements.
@Suite struct OneInstantTests {
    private static func hour(_ hour: Double) -> Timestamp { .epoch(hour * 3600) }
    private static let window = ReportWindow(since: hour(0), until: hour(9))

    /// A history with one run, and what `read` makes of it: alone, while another connection changes it before each statement, and then.
    private func readings<Value>(_ read: (HistoryDatabase) throws -> Value) async throws -> (
        before: Value, meanwhile: Value, after: Value, writes: Int
    ) {
        let history = try TemporaryHistory()
        try await history.run(
            at: Self.hour(1),
            [("vm-1", .status(.failed, start: 3000, end: 3060)), ("vm-2", .status(.running, start: 3000))])
        let reader = try TemporaryHistory.open(history.path, .readOnly)
        let before = try read(reader)

        let writer = try DatabaseQueue(path: history.path)
        let writes = Writes()
        reader.queue.unsafeReentrantRead { db in
            // The first query takes the snapshot; what is written from the second on must not show.
            db.trace { event in
                guard case .statement(let statement) = event, !Self.isTransaction(statement.sql) else { return }
                if writes.queries > 0 { writes.count += Self.change(writer) }
                writes.queries += 1
            }
        }
        let meanwhile = try read(reader)
        reader.queue.unsafeReentrantRead { $0.trace(options: []) }
        let after = try read(reader)
        try reader.close()
        return (before, meanwhile, after, writes.count)
    }

    private final class Writes {
        var queries = 0
        var count = 0
    }

    private static func isTransaction(_ sql: String) -> Bool {
        ["BEGIN", "COMMIT", "PRAGMA"].contains { sql.hasPrefix($0) }
    }

    /// Changes every figure there is; returns how often it did.
    private static func change(_ writer: DatabaseQueue) -> Int {
        let changed: Void? = try? writer.write { db in
            try db.execute(
                sql: """
                    INSERT INTO amendment_under_way (id) VALUES (1);
                    UPDATE collection_run SET outcome = 'partial', polls = polls + 1, vms = vms + 1, started_ms = started_ms + 1000,
                        last_reported_ms = last_reported_ms + 1000, finished_ms = finished_ms + 1000;
                    UPDATE customization SET start_ms = start_ms - 1000, last_polled_ms = last_polled_ms + 1000;
                    UPDATE poll_block SET first_ms = first_ms + 1000;
                    UPDATE virtual_machine SET name = name || 'x', shown_name = shown_name || 'x';
                    INSERT INTO virtual_machine_name (vm_id, name, shown_name, first_seen_ms) VALUES (1, 'another', 'another', 1);
                    INSERT INTO vcenter (name) SELECT 'vc-' || max(id) FROM vcenter;
                    DELETE FROM amendment_under_way;
                    """)
        }
        return changed == nil ? 0 : 1
    }

    private func expectOneInstant<Value: Equatable>(_ read: (HistoryDatabase) throws -> Value) async throws {
        let readings = try await readings(read)
        #expect(readings.writes > 1)
        #expect(readings.after != readings.before)
        #expect(readings.meanwhile == readings.before)
    }

    @Test func `a report with its comparison shows one instant`() async throws {
        try await expectOneInstant {
            try Report(of: $0, window: Self.window, comparing: true, generatedAt: Self.window.until)
        }
    }

    @Test func `the report on collection runs shows one instant`() async throws {
        try await expectOneInstant { try $0.runReport(on: Self.window, limit: 10, generatedAt: Self.window.until) }
    }

    @Test func `metrics show one instant`() async throws {
        try await expectOneInstant { try $0.metrics(on: Self.window) }
    }

    @Test func `a VM's history shows one instant, including the lookup of its name`() async throws {
        try await expectOneInstant { history in
            try history.atOneInstant {
                try history.virtualMachines(called: "vm-1").map { try history.history(of: $0, limit: 10) }
            }
        }
    }
}

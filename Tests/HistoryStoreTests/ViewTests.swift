import GRDB
import GuestCustomization
import Testing

@testable import HistoryStore

@Suite struct ViewTests {
    @Test func `the views show what was recorded, times as text`() async throws {
        let history = try TemporaryHistory()
        let error = CustomizationError.message(LocalizableMessage(id: "id.1", defaultMessage: "it broke"))
        try await history.run(
            at: .epoch(0),
            [
                ("vm-1", .status(.failed, start: -60, end: -20.5, error: error)),
                ("vm-2", .status(.running, start: -5)),
                ("vm-3", .nothing(.timedOut, "no answer within 30 s")),
            ])
        try await history.run(
            at: .epoch(3600),
            listing: [VirtualMachine(id: "vm-1", name: "web"), VirtualMachine(id: "vm-2", name: "db")],
            [("vm-1", .status(.succeeded, start: 3000, end: 2999)), ("vm-2", .status(.notAvailable))])

        #expect(
            try history.query("SELECT * FROM customization_history ORDER BY vm, first_polled_at") == [
                "vc|vm-1|web|customization-live|failed|2026-10-31T23:59:00.000Z|2026-10-31T23:59:39.500Z|39.5|id.1|it broke|2026-11-01T00:00:01.000Z|2026-11-01T00:00:01.000Z|1|1|NULL|2026-10-31T23:59:39.500Z|NULL",
                "vc|vm-1|web|customization-live|succeeded|2026-11-01T00:50:00.000Z|2026-11-01T00:49:59.000Z|-1.0|NULL|NULL|2026-11-01T01:00:01.000Z|2026-11-01T01:00:01.000Z|1|1|NULL|2026-11-01T00:49:59.000Z|NULL",
                "vc|vm-2|db|customization-live|lost|2026-10-31T23:59:55.000Z|NULL|NULL|NULL|NULL|2026-11-01T00:00:02.000Z|2026-11-01T00:00:02.000Z|1|1|NULL|NULL|NULL",
            ])
        #expect(
            try history.query("SELECT * FROM latest_error") == [
                "vc|vm-1|web|customization-live|id.1|it broke|NULL|2026-10-31T23:59:39.500Z|2026-11-01T00:49:59.000Z|1"
            ])
        #expect(
            try history.query("SELECT * FROM poll_history WHERE run_id = 1") == [
                "1|vc|vm-1|web|customization-live|2026-11-01T00:00:01.000Z|reported|FAILED|2026-10-31T23:59:00.000Z|2026-10-31T23:59:39.500Z|id.1|it broke|200|1",
                "1|vc|vm-2|db|customization-live|2026-11-01T00:00:02.000Z|reported|RUNNING|2026-10-31T23:59:55.000Z|NULL|NULL|NULL|200|2",
                "1|vc|vm-3|name of vm-3|customization-live|2026-11-01T00:00:03.000Z|timed_out|NULL|NULL|NULL|NULL|no answer within 30 s|NULL|3",
            ])
        #expect(
            try history.query("SELECT * FROM virtual_machine_history WHERE vm <> 'vm-2'") == [
                "vc|vm-1|web|NULL|2026-11-01T00:00:00.000Z|2026-11-01T01:00:00.000Z|1|2026-11-01T01:00:01.000Z|name of vm-1, web",
                "vc|vm-3|name of vm-3|NULL|2026-11-01T00:00:00.000Z|2026-11-01T00:00:00.000Z|0|NULL|name of vm-3",
            ])
        #expect(
            try history.query("SELECT * FROM answer_history WHERE answer_id = 3").map { $0.prefix(60) } == [
                "3|timed_out|NULL|NULL|NULL|NULL|NULL|no answer within 30 s|NULL"[...].prefix(60)
            ])
        #expect(
            try history.query("SELECT * FROM collection_run_history") == [
                "1|vc|customization-live|2026-11-01T00:00:00.000Z|2026-11-01T00:01:00.000Z|complete|3|3|1|0|NULL|NULL|1.2.3|NULL",
                "2|vc|customization-live|2026-11-01T01:00:00.000Z|2026-11-01T01:01:00.000Z|complete|2|2|0|0|NULL|NULL|1.2.3|NULL",
            ])
    }

    @Test(
        arguments: [
            0, -1, 999, 253_402_300_799_999, 253_402_300_800_000, 253_402_300_800_001, -62_135_596_800_001,
            -62_167_219_200_000, 12_622_780_800_000_000, -12_622_780_800_000_001, .max, .min,
            .max - 999,
        ] as [Int64])
    func `an instant is text, and one outside of the years that strftime() handles is its milliseconds`(
        milliseconds: Int64
    ) async throws {
        let history = try TemporaryHistory()
        try await history.run(at: .epoch(0), [("vm-1", .status(.failed, start: -60, end: -20))])
        try await DatabaseQueue(path: history.path).write { db in
            // Of a file that something else wrote: the triggers are not asked.
            for trigger in try String.fetchAll(db, sql: "SELECT name FROM sqlite_schema WHERE type = 'trigger'") {
                try db.execute(sql: "DROP TRIGGER \(trigger)")
            }
            try db.execute(sql: "PRAGMA ignore_check_constraints = 1")
            try db.execute(
                sql: """
                    UPDATE customization SET start_ms = :ms, end_ms = :ms, first_polled_ms = :ms, last_polled_ms = :ms;
                    UPDATE answer SET start_ms = :ms, end_ms = :ms; UPDATE collection_run SET finished_ms = :ms
                    """, arguments: ["ms": milliseconds])
        }
        let isKnown = (-62_167_219_200_000...253_402_300_799_999).contains(milliseconds)
        let text = isKnown ? Timestamp(unixMilliseconds: milliseconds).rfc3339 : "\(milliseconds)"
        #expect(
            try history.query("SELECT start_time, end_time, first_polled_at FROM customization_history") == [
                "\(text)|\(text)|\(text)"
            ])
        #expect(try history.query("SELECT start_time, end_time FROM poll_history") == ["\(text)|\(text)"])
        #expect(try history.query("SELECT finished_at FROM collection_run_history") == [text])
    }

    @Test func `every column of every view has a line of documentation in the database`() throws {
        let history = try TemporaryHistory()
        for view in [
            "poll_history", "customization_history", "latest_error", "collection_run_history", "listed_virtual_machine",
            "answer_history", "virtual_machine_history", "finished_customization", "poll", "polled_runs",
            "current_poll", "latest_poll",
            "last_report", "virtual_machine_attribute_history", "virtual_machine_source_history",
        ] {
            let sql = try history.query("SELECT sql FROM sqlite_schema WHERE name = '\(view)'").joined()
            for column in try history.query("SELECT name FROM pragma_table_info('\(view)')") {
                #expect(
                    sql.split(separator: "\n").contains { $0.contains("AS \(column)") && $0.contains("-- ") },
                    "\(view).\(column)")
            }
        }
    }
}

import GRDB
import GuestCustomization
import TestSupport
import Testing

@testable import HistoryStore

@Suite struct QueryTests {
    @Test func `an auditor's own views and tables can be queried`() async throws {
        let history = try TemporaryHistory()
        try await history.run(at: .epoch(0), [("vm-1", .status(.succeeded, start: 1, end: 2))])
        try history.database.close()
        try SQLiteFile(history.path).execute(
            """
            CREATE VIEW mine AS SELECT vm FROM poll_history;
            CREATE TABLE notes (text, number);
            INSERT INTO notes VALUES (CAST(x'FF41' AS TEXT), 1.5), ('a' || char(0) || 'b', NULL);
            CREATE VIRTUAL TABLE words USING fts5 (text);
            INSERT INTO words VALUES ('one two')
            """)
        #expect(try history.queried("SELECT * FROM mine") == [[.text("vm-1")]])
        #expect(
            try history.queried("SELECT * FROM notes") == [[.text("\u{FFFD}A"), .real(1.5)], [.text("a\0b"), .null]])
        #expect(try history.queried("SELECT text FROM words WHERE words MATCH 'two'") == [[.text("one two")]])
        #expect(try history.queried("SELECT value FROM json_each('[1,2]')") == [[.integer(1)], [.integer(2)]])
        #expect(try history.queried("SELECT user_version > 0 FROM pragma_user_version") == [[.integer(1)]])
        #expect(try history.queried("PRAGMA integrity_check") == [[.text("ok")]])
    }

    @Test func `a view of the file cannot call a function with effects`() throws {
        let history = try TemporaryHistory()
        try history.database.close()
        try SQLiteFile(history.path).execute("CREATE VIEW v AS SELECT load_extension('libx.so') AS x")
        let error = #expect(throws: HistoryError.self) { try history.queried("SELECT * FROM v") }
        #expect(error?.code == .usage, "\(String(describing: error))")
    }

    @Test func `the time of a query goes by the given clock`() throws {
        let history = try TemporaryHistory()
        let clock = ManualClock(.untilAdvanced)
        let database = try HistoryDatabase.open(
            history.path, access: .readOnly, toolVersion: "1", waiting: .init(clock: clock.steady), at: .epoch(0))
        let error = #expect(throws: HistoryError.self) {
            try database.query(
                "WITH RECURSIVE c (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c LIMIT 100000) SELECT x FROM c",
                timeout: .seconds(5), head: { _ in },
                row: { if $0 == [.integer(1000)] { clock.advance(by: .seconds(5)) } })
        }
        #expect(error?.code == .queryTimedOut)
    }

    @Test func `rows stop when their reader fails`() throws {
        struct Full: Error {}
        let history = try TemporaryHistory()
        let database = try TemporaryHistory.open(history.path, .readOnly)
        #expect(throws: Full.self) {
            try database.query("SELECT 1", timeout: nil, head: { _ in }, row: { _ in throw Full() })
        }
    }
}

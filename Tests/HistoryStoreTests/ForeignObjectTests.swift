import Foundation
import GRDB
import GuestCustomization
import Testing

@testable import HistoryStore

/// What an auditor adds to a history is let be, as long as it cannot change what the program records or says.
@Suite struct ForeignObjectTests {
    private static let intrusions: [(sql: String, named: String)] = [
        ("CREATE TRIGGER t BEFORE INSERT ON poll_block BEGIN SELECT RAISE(IGNORE); END", "trigger t on poll_block"),
        ("CREATE TRIGGER t AFTER UPDATE ON answer BEGIN DELETE FROM poll_block; END", "trigger t on answer"),
        ("CREATE TRIGGER t INSTEAD OF INSERT ON poll_history BEGIN SELECT 1; END", "trigger t on poll_history"),
        (
            "CREATE TABLE n (x); CREATE TRIGGER t AFTER INSERT ON n BEGIN DELETE FROM \"Poll_Block\"; END",
            "trigger t on n"
        ),
        (
            "CREATE TABLE n (x REFERENCES vcenter ON DELETE CASCADE); CREATE TRIGGER t AFTER DELETE ON n BEGIN SELECT 1; END",
            "trigger t on n"
        ),
        ("CREATE UNIQUE INDEX u ON poll_block (run_id)", "index u on poll_block"),
        ("CREATE UNIQUE INDEX u ON customization (polls)", "index u on customization"),
        ("CREATE INDEX e ON answer (abs(start_ms))", "index e on answer"),
        ("CREATE INDEX p ON answer (id) WHERE abs(start_ms) > 1", "index p on answer"),
        ("DROP TRIGGER customization_finished", "trigger customization_finished is missing"),
        ("DROP INDEX virtual_machine_by_moid", "index virtual_machine_by_moid is missing"),
        ("DROP VIEW poll_history", "view poll_history is missing"),
        (
            "DROP VIEW latest_error; CREATE VIEW latest_error AS SELECT 1 AS vcenter",
            "view latest_error was changed or replaced"
        ),
        ("ALTER TABLE poll_block ADD COLUMN mine TEXT", "table poll_block was changed or replaced"),
        ("DROP TABLE latest_answer; CREATE VIEW latest_answer AS SELECT 1 AS polls", "table latest_answer was changed"),
        ("DELETE FROM duration_bound WHERE seconds = 5", "endpoint, duration_bound or block_position"),
        ("UPDATE endpoint SET name = 'mine' WHERE id = 2", "endpoint, duration_bound or block_position"),
    ]

    @Test(arguments: intrusions.indices)
    func `a foreign object that affects ours is refused by name`(index: Int) async throws {
        let (sql, named) = Self.intrusions[index]
        let history = try TemporaryHistory()
        try history.database.close()
        try Self.execute(sql, history.path)
        for access in [HistoryDatabase.Access.readOnly, .readWrite(create: true)] {
            let error = #expect(throws: HistoryError.self) { try TemporaryHistory.open(history.path, access) }
            #expect(
                error?.code == .damaged && error?.message.contains(named) == true,
                "\(sql): \(String(describing: error))")
        }
    }

    @Test func `a trigger created during a run is found before the next polls are stored`() async throws {
        let history = try TemporaryHistory()
        let run = try await history.database.beginRun(vCenter: "vc", endpoint: .customization, at: .epoch(0))
        try Self.execute("CREATE TRIGGER t BEFORE INSERT ON poll_block BEGIN SELECT RAISE(IGNORE); END", history.path)
        let poll = Poll(vm: "vm-1", polledAt: .epoch(1), answer: .status(.running))
        let error = await #expect(throws: HistoryError.self) {
            try await history.database.append([poll], to: run)
        }
        #expect(error?.code == .damaged && error?.message.contains("trigger t on poll_block") == true)
        try Self.execute("DROP TRIGGER t; CREATE VIEW mine AS SELECT 1", history.path)
        try await history.database.append([poll], to: run)
        #expect(try history.query("SELECT count(*) FROM poll") == ["1"])
    }

    @Test func `an auditor's own views, tables, triggers on these and plain indexes are allowed`() async throws {
        let history = try TemporaryHistory()
        try await history.run(at: .epoch(0), [("vm-1", .status(.succeeded, start: 1, end: 2))])
        try Self.execute(
            """
            CREATE VIEW mine AS SELECT * FROM poll_history;
            CREATE TABLE notes (id INTEGER PRIMARY KEY, run_id INTEGER REFERENCES collection_run, text UNIQUE, seen);
            CREATE TRIGGER noted AFTER INSERT ON notes BEGIN UPDATE notes SET seen = 1; END;
            CREATE INDEX plain ON customization (outcome, window_ms DESC);
            CREATE UNIQUE INDEX own ON notes (lower(text)) WHERE text <> '';
            CREATE VIRTUAL TABLE words USING fts5 (text);
            INSERT INTO notes (run_id, text) VALUES (1, 'a');
            ANALYZE
            """, history.path)
        try history.reopen()
        try await history.run(at: .epoch(3600), [("vm-1", .status(.failed, start: 3600, end: 3601))])
        #expect(try history.query("SELECT count(*) FROM mine") == ["2"])
        try TemporaryHistory.open(history.path, .readOnly).close()
    }

    @Test func `control characters of a name are not printed`() throws {
        let history = try TemporaryHistory()
        try history.database.close()
        try Self.execute(
            "CREATE TRIGGER \"\u{1B}[31m\u{202E}t\" BEFORE INSERT ON poll_block BEGIN SELECT 1; END", history.path)
        let error = #expect(throws: HistoryError.self) { try TemporaryHistory.open(history.path) }
        #expect(error?.message.contains("trigger ?[31m?t on poll") == true)
    }

    /// With another one, each file would be compared with a schema made anew, which takes longer and is seen by nobody.
    @Test func `the digest of what all migrations make is up to date`() throws {
        let history = try TemporaryHistory()
        let made = try history.database.queue.read { try SchemaObjects.digest($0) }
        #expect(made == SchemaObjects.digestOfCurrent)
    }

    @Test func `every connection is defensive and trusts no schema`() throws {
        let history = try TemporaryHistory()
        for access in [HistoryDatabase.Access.readOnly, .readWrite(create: true)] {
            let database = try TemporaryHistory.open(history.path, access)
            try database.queue.writeWithoutTransaction { db in
                #expect(try Int.fetchOne(db, sql: "PRAGMA trusted_schema") == 0)
                #expect(try Int.fetchOne(db, sql: "PRAGMA cell_size_check") == 1)
                try db.execute(sql: "PRAGMA writable_schema = ON")
                #expect(throws: DatabaseError.self) {
                    try db.execute(sql: "DELETE FROM sqlite_schema WHERE name = 'poll'")
                }
            }
            try database.close()
        }
    }

    private static func execute(_ sql: String, _ path: String) throws {
        let queue = try DatabaseQueue(path: path)
        try queue.writeWithoutTransaction { db in
            try db.execute(sql: "PRAGMA foreign_keys = OFF")
            try db.execute(sql: sql)
        }
        try queue.close()
    }
}

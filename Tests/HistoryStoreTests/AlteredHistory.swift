import Foundation
import GRDB
import GuestCustomization
import TestSupport
import Testing

@testable import HistoryStore

/// A history with a row in every table, and copies of it that somebody put another value into.
final class AlteredHistory {
    struct Column: CustomStringConvertible {
        var table: String
        var name: String
        var description: String { "\(table).\(name)" }
    }

    /// What no program would write, and what looks as if one could have.
    static let hostileValues: [DatabaseValue] = [
        .null, 0.databaseValue, (-1).databaseValue, 7.databaseValue, Int64.max.databaseValue, Int64.min.databaseValue,
        (Int64(1) << 53).databaseValue, 1e300.databaseValue, Double.infinity.databaseValue, 0.5.databaseValue,
        253_402_300_800_000.databaseValue, (-62_135_596_800_001).databaseValue, "".databaseValue,
        "2026-11-27T00:00:00Z".databaseValue, "\u{1B}[31m\u{202E}evil\u{9B}".databaseValue,
        String(repeating: "x", count: 100_000).databaseValue, "a\u{0}b".databaseValue, Data().databaseValue,
        Data([0xFF, 0xFE, 0x00]).databaseValue, Data(repeating: 1, count: 32).databaseValue,
    ]
    /// Bytes that are no UTF-8, as a text: bound values cannot be that.
    static let brokenText = "CAST(x'61FF62' AS TEXT)"

    let directory: TemporaryDirectory
    let sound: String
    var path: String { directory.path("altered.db") }

    init() async throws {
        directory = try TemporaryDirectory(inMemory: true)
        sound = directory.path("sound.db")
        let history = try TemporaryHistory()
        let reached = ReachedVCenter(
            name: "vc", isNameGiven: true, address: "vc.example.org:443", instanceUUID: "c0ffee")
        _ = try await history.database.claimCollecting(from: reached, at: .epoch(0))
        let error = CustomizationError.text("It failed.")
        for (hour, status) in [CustomizationStatus.running, .failed, .succeeded, .running].enumerated() {
            let start = Double(hour * 3600)
            for vCenter in ["vc", "other"] {
                try await history.run(
                    at: .epoch(start), vCenter: vCenter, endpoint: hour == 1 ? .customization : .customizationLive,
                    listing: (1...3).map { VirtualMachine(id: "vm-\($0)", name: "name \(hour) of \($0)") },
                    outcome: .partial,
                    [
                        ("vm-1", .status(.succeeded, start: 10, end: 60)),
                        (
                            "vm-2",
                            .status(status, start: start, end: start + 90, error: status == .failed ? error : nil)
                        ),
                        ("vm-3", .nothing(.unavailable, http: 503)),
                    ])
            }
        }
        try history.database.close()
        let copy = try DatabaseQueue(path: history.path)
        let target = sound
        try copy.inDatabase { db in
            try db.execute(
                sql: """
                    INSERT INTO amendment_under_way (id) VALUES (1);
                    INSERT INTO collection_run (vcenter_id, endpoint_id, started_ms, outcome, tool_version, clock_offset_ms)
                    VALUES (1, 1, 1, 'failed', '1', 5);
                    DELETE FROM collection_run WHERE started_ms = 1;
                    UPDATE collection_run SET clock_offset_ms = 100, failure = 'why';
                    UPDATE virtual_machine SET instance_uuid = 'abc' || id, is_identified = 1;
                    UPDATE sealed_name SET instance_uuid = 'abc';
                    DELETE FROM amendment_under_way;
                    VACUUM INTO '\(target)'
                    """)
        }
        try copy.close()
    }

    /// The columns of all tables.
    func columns() throws -> [Column] {
        try DatabaseQueue(path: sound).inDatabase { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT t.name, c.name FROM sqlite_schema AS t, pragma_table_info(t.name) AS c WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite%'
                    """
            ).map { Column(table: $0[0], name: $0[1]) }
        }
    }

    /// Makes a copy whose column holds a value in one row or in all, whatever the schema says to that.
    ///
    /// - Parameter value: An SQL expression.
    /// - Returns: How many rows hold it; 0 where SQLite itself refuses it, as a text in the place of a row's number.
    func alter(_ column: Column, to value: String, arguments: StatementArguments = [], everywhere: Bool) throws -> Int {
        try? FileManager.default.removeItem(atPath: path)
        for suffix in ["-wal", "-shm", "-lock"] { try? FileManager.default.removeItem(atPath: path + suffix) }
        try FileManager.default.copyItem(atPath: sound, toPath: path)
        let strict = try withoutChecks { db in
            let sql = try #require(
                try String.fetchOne(db, sql: "SELECT sql FROM sqlite_schema WHERE name = ?", arguments: [column.table]))
            let loose = sql.replacing("STRICT, WITHOUT ROWID", with: "WITHOUT ROWID").replacing(") STRICT", with: ")")
                .replacing(" NOT NULL", with: "").replacing(#/ (INTEGER|TEXT|BLOB|REAL|ANY)\b(?! PRIMARY)/#, with: " ")
            try Self.set(loose, of: column.table, db)
            return sql
        }
        let changed = try withoutChecks { db in
            let triggers = try Row.fetchAll(db, sql: "SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'")
            for trigger in triggers { try db.execute(sql: "DROP TRIGGER \(trigger["name"] as String)") }
            defer { for trigger in triggers { try? db.execute(sql: trigger["sql"]) } }
            let row = everywhere ? "TRUE" : "\(column.name) IN (SELECT \(column.name) FROM \(column.table) LIMIT 1)"
            do {
                try db.execute(
                    sql: "UPDATE OR IGNORE \(column.table) SET \(column.name) = \(value) WHERE \(row)",
                    arguments: arguments)
            } catch let error as DatabaseError where error.resultCode == .SQLITE_MISMATCH {
                return 0
            }
            return db.changesCount
        }
        try withoutChecks { try Self.set(strict, of: column.table, $0) }
        return changed
    }

    private static func set(_ sql: String, of table: String, _ db: Database) throws {
        try db.execute(sql: "PRAGMA writable_schema = ON")
        try db.execute(sql: "UPDATE sqlite_schema SET sql = ? WHERE name = ?", arguments: [sql, table])
    }

    /// Each time with a connection of its own, which reads the schema anew.
    private func withoutChecks<Result>(_ body: (Database) throws -> Result) throws -> Result {
        var configuration = Configuration()
        configuration.foreignKeysEnabled = false
        let queue = try DatabaseQueue(path: path, configuration: configuration)
        let result = try queue.inDatabase { db in
            try db.execute(sql: "PRAGMA ignore_check_constraints = ON")
            return try body(db)
        }
        try queue.close()
        return result
    }
}

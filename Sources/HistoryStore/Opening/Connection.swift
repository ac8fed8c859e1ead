import DefensiveSQLite
import Foundation
import GRDB
import GRDBSQLite
import GuestCustomization

/// How a history's file is opened by SQLite.
///
/// The log of a WAL database (`-wal`, `-shm`) is left in place by the writer, emptied, when it closes. A reader that may not
/// write to the directory could not make those files, and one that may would leave them as its own, closed to the collector.
enum Connection {
    static func writing(_ path: String, busyTimeout: Duration) throws -> DatabaseQueue {
        var configuration = configuration(label: "history.write", busyTimeout: busyTimeout)
        configuration.prepareDatabase { db in
            try db.execute(sql: "PRAGMA synchronous = FULL")
            // In KiB. What is left out of it is in the system's own cache of the file.
            try db.execute(sql: "PRAGMA cache_size = -4096")
            // In pages of 4 KiB. At SQLite's own 1000 the same last reports would be copied to the file, and it synced, four times
            // as often.
            try db.execute(sql: "PRAGMA wal_autocheckpoint = 4000")
            var persist: CInt = 1
            sqlite3_file_control(db.sqliteConnection, nil, SQLITE_FCNTL_PERSIST_WAL, &persist)
        }
        return try DatabaseQueue(path: path, configuration: configuration)
    }

    /// Switches to the write-ahead log, so that a report neither waits for a collection run nor stops one.
    static func startWriteAheadLog(_ db: Database, path: String) throws {
        guard try db.firstRow(of: "PRAGMA journal_mode = WAL", { try $0.text(0) }) == "wal" else {
            throw HistoryDatabaseError(
                .cannotWrite,
                "cannot open \(path): its file system has no shared memory for SQLite's write-ahead log; keep the database on a local disk"
            )
        }
        // Makes the log's files, which the switch alone does not.
        _ = try db.count("SELECT count(*) FROM sqlite_schema")
        // Also what has the log cut to nothing when the last writer closes.
        try db.execute(sql: "PRAGMA journal_size_limit = 67108864")
    }

    /// - Returns: The connection, and whether it takes the file as one that nobody writes: a WAL database without its log is
    ///   one that no process has open, and to open it in the ordinary way would make the log's files.
    static func reading(_ path: String, isWAL: Bool, busyTimeout: Duration) throws -> (DatabaseQueue, isImmutable: Bool)
    {
        var configuration = configuration(label: "history.read", busyTimeout: busyTimeout)
        configuration.readonly = true
        guard isWAL, !hasLog(path) else {
            return (try DatabaseQueue(path: path, configuration: configuration), false)
        }
        let allowed = CharacterSet.urlPathAllowed.subtracting(["?", "#", "%"])
        guard let escaped = path.addingPercentEncoding(withAllowedCharacters: allowed) else {
            throw HistoryDatabaseError(.cannotRead, "cannot open \(path): its name is not UTF-8; rename it")
        }
        return (try DatabaseQueue(path: "file://" + escaped + "?immutable=1", configuration: configuration), true)
    }

    /// A file may come from anyone: nothing in its schema runs a function that reaches outside of it, and damaged pages are noticed early.
    private static func defend(_ db: Database) throws {
        let handle = db.sqliteConnection
        let code = defend_connection(handle)
        guard code == SQLITE_OK else { throw DatabaseError(resultCode: ResultCode(rawValue: code)) }
        // Of a row; what is longer throws.
        sqlite3_limit(handle, SQLITE_LIMIT_LENGTH, CInt(2 * StoredBounds.longestValue))
        try db.execute(sql: "PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON")
    }

    /// Throws if the file was deleted or moved since it was opened. SQLite would go on writing to what nobody will ever open again.
    static func requireInPlace(_ db: Database, _ attempt: String, _ path: String) throws {
        var hasMoved: CInt = 0
        sqlite3_file_control(db.sqliteConnection, nil, SQLITE_FCNTL_HAS_MOVED, &hasMoved)
        guard hasMoved == 0 else {
            throw HistoryDatabaseError(
                .cannotWrite,
                "cannot \(attempt) \(path): the file was deleted or moved while it was open, and what was polled last is lost; put it back or name another with --database, and run it again"
            )
        }
    }

    /// How long one waits for another process that writes, from now on.
    static func setBusyTimeout(_ db: Database, _ timeout: Duration) {
        sqlite3_busy_timeout(db.sqliteConnection, CInt(clamping: Int64(timeout / .milliseconds(1))))
    }

    static func hasLog(_ path: String) -> Bool { access(path + "-wal", F_OK) == 0 }

    private static func configuration(label: String, busyTimeout: Duration) -> Configuration {
        var configuration = Configuration()
        configuration.label = label
        configuration.busyMode = .timeout(busyTimeout.seconds)
        configuration.foreignKeysEnabled = true
        configuration.prepareDatabase { db in
            try defend(db)
            db.add(function: .nameGlob)
        }
        return configuration
    }
}

extension DatabaseFileHeader {
    var isWAL: Bool {
        if case .database(_, let isWAL) = self { isWAL } else { false }
    }
}

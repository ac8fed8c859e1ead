import DefensiveSQLite
import Foundation
import GRDB
import GRDBSQLite
import GuestCustomization

/// How SQLite opens a history's file.
///
/// When the writer closes, it empties the log of a WAL database (`-wal`, `-shm`) but leaves the files in place. A reader that may not
/// write to the directory could not create them, and one that may would create them as its own, inaccessible to the collector.
enum Connection {
    static func writing(_ path: String, busyTimeout: Duration) throws -> DatabaseQueue {
        var configuration = configuration(label: "history.write", busyTimeout: busyTimeout)
        configuration.prepareDatabase { db in
            try db.execute(sql: "PRAGMA synchronous = FULL")
            // In KiB. Other pages are in the system's file cache.
            try db.execute(sql: "PRAGMA cache_size = -4096")
            // In pages of 4 KiB. At SQLite's default of 1000 the same last reports would be copied to the file, and synced, four times
            // as often.
            try db.execute(sql: "PRAGMA wal_autocheckpoint = 4000")
            var persist: CInt = 1
            sqlite3_file_control(db.sqliteConnection, nil, SQLITE_FCNTL_PERSIST_WAL, &persist)
        }
        return try DatabaseQueue(path: path, configuration: configuration)
    }

    /// Switches to the write-ahead log, so that reports and collection runs do not block each other.
    static func startWriteAheadLog(_ db: Database, path: String) throws {
        guard try db.firstRow(of: "PRAGMA journal_mode = WAL", { try $0.text(0) }) == "wal" else {
            throw HistoryError(
                .cannotWrite,
                "cannot open \(path): its file system has no shared memory for SQLite's write-ahead log; keep the database on a local disk"
            )
        }
        // Creates the log's files, which the switch alone does not.
        _ = try db.count("SELECT count(*) FROM sqlite_schema")
        // This also makes SQLite truncate the log to zero when the last writer closes.
        try db.execute(sql: "PRAGMA journal_size_limit = 67108864")
    }

    /// - Parameter keepsTransactions: Whether a transaction may go on after the access that began it.
    /// - Returns: The connection, and whether it treats the file as immutable. No process has a WAL database open that is without its
    ///   log, and opening it in the ordinary way would create the log's files.
    static func reading(
        _ path: String, isWAL: Bool, busyTimeout: Duration, keepsTransactions: Bool = false
    ) throws -> (DatabaseQueue, isImmutable: Bool) {
        var configuration = configuration(label: "history.read", busyTimeout: busyTimeout)
        configuration.readonly = true
        configuration.allowsUnsafeTransactions = keepsTransactions
        guard isWAL, !hasLog(path) else {
            return (try DatabaseQueue(path: path, configuration: configuration), false)
        }
        return (try DatabaseQueue(path: address(of: path, "immutable=1"), configuration: configuration), true)
    }

    /// The URI of a file with a parameter of SQLite's: `immutable=1`.
    static func address(of path: String, _ parameter: String) throws -> String {
        let allowed = CharacterSet.urlPathAllowed.subtracting(["?", "#", "%"])
        guard let escaped = path.addingPercentEncoding(withAllowedCharacters: allowed) else {
            throw HistoryError(.cannotRead, "cannot open \(path): its name is not UTF-8; rename it")
        }
        return "file://" + escaped + "?" + parameter
    }

    /// The file may come from anyone: its schema must not run functions with side effects, and damaged pages are detected early.
    private static func defend(_ db: Database) throws {
        let handle = db.sqliteConnection
        let code = defend_connection(handle)
        guard code == SQLITE_OK else { throw DatabaseError(resultCode: ResultCode(rawValue: code)) }
        // The limit on a row; reading a longer one throws.
        sqlite3_limit(handle, SQLITE_LIMIT_LENGTH, CInt(2 * StoredBounds.maximumSize))
        try db.execute(sql: "PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON")
    }

    /// Throws if the file was deleted or moved since it was opened. SQLite would go on writing to a file that nobody can open again.
    static func requireInPlace(_ db: Database, _ attempt: String, _ path: String) throws {
        var hasMoved: CInt = 0
        sqlite3_file_control(db.sqliteConnection, nil, SQLITE_FCNTL_HAS_MOVED, &hasMoved)
        guard hasMoved == 0 else {
            throw HistoryError(
                .cannotWrite,
                "cannot \(attempt) \(path): the file was deleted or moved while it was open, and the latest polls are lost; put it back or name another file with --database, and run this again"
            )
        }
    }

    /// Throws if a file that was read as immutable has been opened for writing meanwhile: what was read of it may be of no one instant.
    static func requireUnopened(_ path: String, readAsImmutable isImmutable: Bool, _ attempt: String) throws {
        guard isImmutable && hasLog(path) else { return }
        throw HistoryError(
            .busy, "cannot \(attempt) \(path): it was opened for writing meanwhile; run this again")
    }

    /// Sets how long to wait for another process that is writing.
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
            db.endAuthorizing()
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

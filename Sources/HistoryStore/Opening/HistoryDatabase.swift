import Foundation
import GRDB
import GuestCustomization
import Migrations
import PathTrust

/// One history: a SQLite file that collection runs are recorded to and reports are read from.
///
/// One instance is one connection, whose statements run one after another on a queue of their own, off the cooperative pool.
package final class HistoryDatabase: Sendable {
    /// What a history is opened for.
    package enum Access: Hashable, Sendable {
        /// Reading. The file is neither made nor changed, and no file beside it either.
        case readOnly
        /// Recording; `create` makes a file that is missing, and brings an older schema up to date in either case.
        case readWrite(create: Bool)
    }

    /// How one waits for another process that holds the database.
    package struct Waiting: Sendable {
        /// For how long; what was polled in a run that has begun waits until the run is stopped.
        package var timeout: Duration
        package var clock: SteadyClock
        /// Called again and again meanwhile, with the time that a write has waited.
        package var whileHeld: @Sendable (_ waited: Duration) -> Void

        package init(
            timeout: Duration = .seconds(30), clock: SteadyClock,
            whileHeld: @escaping @Sendable (_ waited: Duration) -> Void = { _ in }
        ) {
            self.timeout = timeout
            self.clock = clock
            self.whileHeld = whileHeld
        }
    }

    /// Its real path.
    package let path: String
    let busyTimeout: Duration
    let clock: SteadyClock
    let whileHeld: @Sendable (_ waited: Duration) -> Void
    let toolVersion: String
    let queue: DatabaseQueue
    let recording: Recording
    /// Whether the file is read as one that nobody writes; see `Connection.swift`.
    let isImmutable: Bool

    init(
        path: String, toolVersion: String, queue: DatabaseQueue, recording: Recording, waiting: Waiting,
        isImmutable: Bool
    ) {
        self.path = path
        busyTimeout = waiting.timeout
        clock = waiting.clock
        whileHeld = waiting.whileHeld
        self.toolVersion = toolVersion
        self.queue = queue
        self.recording = recording
        self.isImmutable = isImmutable
    }

    /// Opens the history at `path`, and makes it where `access` says so.
    ///
    /// The path is resolved once: by whatever links and spellings a file is reached, it has one lock and one log, beside the file
    /// itself. A name that begins with `file:` is a name like any other.
    ///
    /// - Parameters:
    ///   - toolVersion: The program's version, recorded with each run and each change of the schema.
    ///   - createDirectory: Whether a missing directory is made (mode 0700); meant for the default place only.
    ///   - waiting: How one waits for another process that writes.
    ///   - openedAt: Recorded with each change of the schema.
    /// - Throws: `HistoryDatabaseError`; a file that is refused is not touched.
    package static func open(
        _ path: String, access: Access, toolVersion: String, createDirectory: Bool = false,
        waiting: Waiting, at openedAt: Timestamp
    ) throws -> HistoryDatabase {
        try open(
            path, access: access, toolVersion: toolVersion, createDirectory: createDirectory, waiting: waiting,
            at: openedAt, migrations: SchemaMigration.all)
    }

    /// `migrations` are another list in tests only.
    static func open(
        _ givenPath: String, access: Access, toolVersion: String, createDirectory: Bool = false,
        waiting: Waiting, at openedAt: Timestamp, migrations: [SchemaMigration]
    ) throws -> HistoryDatabase {
        var path = try resolve(givenPath, access: access)
        let header = try identify(path, access: access)
        if header == .missing {
            if createDirectory {
                try NewDatabaseFile.makeDirectory(for: path)
                path = try resolve(path, access: access)
            }
            try NewDatabaseFile.make(at: path)
        }
        try DatabaseParts.requireFiles(beside: path)
        try CommitMark.requireOwnLog(of: path)
        let migrator = SchemaMigrator(migrations: migrations, path: path)
        return try HistoryDatabaseError.mapped("open", path) {
            switch access {
            case .readOnly:
                let (queue, isImmutable) = try Connection.reading(
                    path, isWAL: header.isWAL, busyTimeout: waiting.timeout)
                try queue.unsafeRead { db in
                    guard try migrator.verify(db) == migrations.count else {
                        throw HistoryDatabaseError(
                            .olderSchema,
                            "cannot read \(path): an older version of this program made it; run `\(ProgramName.called) collect` once to bring it up to date"
                        )
                    }
                }
                return HistoryDatabase(
                    path: path, toolVersion: toolVersion, queue: queue, recording: Recording(migrator: migrator),
                    waiting: waiting, isImmutable: isImmutable)
            case .readWrite:
                let queue = try Connection.writing(path, busyTimeout: waiting.timeout)
                let recording = Recording(migrator: migrator)
                try queue.writeWithoutTransaction { db in
                    // Not by its header: what a process that was killed had begun to make of a new file, SQLite takes back first.
                    let isNew = try db.count("SELECT count(*) FROM sqlite_schema") == 0
                    if !isNew { _ = try migrator.verify(db) }
                    try migrator.migrate(db, isNew: isNew, at: openedAt, toolVersion: toolVersion)
                    if isNew { _ = try migrator.verify(db) }
                    try recording.noteSchema(db)
                    try Connection.startWriteAheadLog(db, path: path)
                }
                DatabaseParts.align(with: path)
                return HistoryDatabase(
                    path: path, toolVersion: toolVersion, queue: queue, recording: recording, waiting: waiting,
                    isImmutable: false)
            }
        }
    }

    private static func resolve(_ path: String, access: Access) throws -> String {
        let real = RealPath(path)
        guard !real.isDangling else {
            // What it leads to may be on a disk that is not mounted now, and a link may be anybody's.
            let target = (try? FileManager.default.destinationOfSymbolicLink(atPath: path)) ?? "nothing"
            throw HistoryDatabaseError(
                access == .readWrite(create: true) ? .cannotCreate : .missing,
                "cannot use \(path): it is a symbolic link to \(target), which is not there; mount or make what it leads to, or name another file with --database"
            )
        }
        // Anybody may read what somebody else recorded, but not record to it.
        if let planted = PlantedFile(at: path, withEnd: access != .readOnly) {
            throw HistoryDatabaseError(
                access == .readOnly ? .cannotRead : .cannotWrite, "cannot use \(path): \(planted.problem)")
        }
        if access != .readOnly {
            for part in DatabaseParts.suffixes.map({ real.path + $0 }) {
                guard let planted = PlantedFile(at: part) else { continue }
                throw HistoryDatabaseError(.cannotWrite, "cannot use \(part): \(planted.problem)")
            }
        }
        return real.path
    }

    /// Refuses what is not ours by its first bytes, before SQLite sees it.
    private static func identify(_ path: String, access: Access) throws -> DatabaseFileHeader {
        let header = try DatabaseFileHeader(ofFile: path)
        switch header {
        case .database(DatabaseFileHeader.ourApplicationID, _): return header
        case .database:
            throw HistoryDatabaseError(
                .foreignDatabase,
                "cannot use \(path): it is a database of another program; name another file with --database")
        case .other:
            throw HistoryDatabaseError(
                .notADatabase, "cannot use \(path): it is not a SQLite database; name another file with --database")
        case .empty where access == .readOnly:
            throw HistoryDatabaseError(
                .missing, "cannot read \(path): the file is empty; run `\(ProgramName.called) collect` to fill it")
        case .missing where access == .readOnly || access == .readWrite(create: false):
            throw HistoryDatabaseError(
                .missing,
                "cannot read \(path): there is no such file; run `\(ProgramName.called) collect` to make it, or name another with --database"
            )
        case .missing, .empty: return header
        }
    }

    /// Ends the connection; whatever is called later throws.
    package func close() throws {
        try HistoryDatabaseError.mapped("close", path) { try queue.close() }
    }
}

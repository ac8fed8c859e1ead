import Foundation
import GRDB
import GuestCustomization
import Migrations
import PathTrust

/// One history: a SQLite file to which collection runs are recorded and from which reports are read.
///
/// Each instance has one connection, whose statements run one after another on a separate queue, off the cooperative pool.
package final class HistoryDatabase: Sendable {
    /// What a history is opened for.
    package enum Access: Hashable, Sendable {
        /// Reading. Neither the file nor any file beside it is created or changed.
        case readOnly
        /// Recording; `create` creates a missing file. An older schema is updated in either case.
        case readWrite(create: Bool)
    }

    /// How to wait for another process that holds the database.
    package struct Waiting: Sendable {
        /// How long to wait; the polls of a run that has begun wait until the run is stopped.
        package var timeout: Duration
        /// The clock by which it waits.
        package var clock: SteadyClock
        /// Called repeatedly meanwhile, with the time that a write has waited.
        package var whileHeld: @Sendable (_ waited: Duration) -> Void

        /// By default waits 30 s, on the machine's clock.
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
    /// Who opened it, and when.
    let amender: Amender
    let queue: DatabaseQueue
    let recording: Recording
    /// Whether the file is read as immutable; see `Connection.swift`.
    let isImmutable: Bool

    init(
        path: String, amender: Amender, queue: DatabaseQueue, recording: Recording, waiting: Waiting,
        isImmutable: Bool
    ) {
        self.path = path
        busyTimeout = waiting.timeout
        clock = waiting.clock
        whileHeld = waiting.whileHeld
        self.amender = amender
        self.queue = queue
        self.recording = recording
        self.isImmutable = isImmutable
    }

    /// Opens the history at `path`, and creates it if `access` says so.
    ///
    /// The path is resolved once: by whatever links and spellings a file is reached, it has one lock and one log, beside the file
    /// itself. A name that begins with `file:` has no special meaning.
    ///
    /// - Parameters:
    ///   - toolVersion: The program's version, recorded with each run and each change of the schema.
    ///   - collector: Who uses it, as user and host; recorded with each run and each amendment.
    ///   - createDirectory: Whether a missing directory is created (mode 0700); meant for the default path only.
    ///   - waiting: How to wait for another process that is writing.
    ///   - openedAt: Recorded with each change of the schema.
    /// - Throws: `HistoryError`; a refused file is not touched.
    package static func open(
        _ path: String, access: Access, toolVersion: String, collector: String? = nil, createDirectory: Bool = false,
        waiting: Waiting, at openedAt: Timestamp
    ) throws -> HistoryDatabase {
        try open(
            path, access: access, toolVersion: toolVersion, collector: collector, createDirectory: createDirectory,
            waiting: waiting, at: openedAt, migrations: SchemaMigration.all)
    }

    /// Opens the history with the given `migrations`; only tests pass a list of their own.
    static func open(
        _ givenPath: String, access: Access, toolVersion: String, collector: String? = nil,
        createDirectory: Bool = false, waiting: Waiting, at openedAt: Timestamp, migrations: [SchemaMigration]
    ) throws -> HistoryDatabase {
        let amender = Amender(openedAt: openedAt, collector: collector, toolVersion: toolVersion)
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
        return try HistoryError.mapped("open", path) {
            switch access {
            case .readOnly:
                let (queue, isImmutable) = try Connection.reading(
                    path, isWAL: header.isWAL, busyTimeout: waiting.timeout)
                try queue.unsafeRead { db in
                    guard try migrator.verify(db) == migrations.count else {
                        throw HistoryError(
                            .olderSchema,
                            "cannot read \(path): an older version of this program created it; run `\(ProgramName.called) collect` once to bring it up to date"
                        )
                    }
                }
                return HistoryDatabase(
                    path: path, amender: amender, queue: queue, recording: Recording(migrator: migrator),
                    waiting: waiting, isImmutable: isImmutable)
            case .readWrite:
                let queue = try Connection.writing(path, busyTimeout: waiting.timeout)
                let recording = Recording(migrator: migrator)
                try queue.writeWithoutTransaction { db in
                    // Not by its header: SQLite first rolls back what a killed process had begun to write to a new file.
                    let isNew = try db.count("SELECT count(*) FROM sqlite_schema") == 0
                    if !isNew { _ = try migrator.verify(db) }
                    try migrator.migrate(db, isNew: isNew, at: openedAt, toolVersion: toolVersion)
                    if isNew { _ = try migrator.verify(db) }
                    try recording.noteSchema(db)
                    try Connection.startWriteAheadLog(db, path: path)
                }
                DatabaseParts.align(with: path)
                return HistoryDatabase(
                    path: path, amender: amender, queue: queue, recording: recording, waiting: waiting,
                    isImmutable: false)
            }
        }
    }

    private static func resolve(_ path: String, access: Access) throws -> String {
        let real = RealPath(path)
        guard !real.isDangling else {
            // Its target may be on a disk that is not mounted now, and anybody may have made the link.
            let target = (try? FileManager.default.destinationOfSymbolicLink(atPath: path)) ?? "nothing"
            throw HistoryError(
                access == .readWrite(create: true) ? .cannotCreate : .missing,
                "cannot use \(path): it is a symbolic link to \(target), which does not exist; mount or create the target, or name another file with --database"
            )
        }
        // Reading a history that somebody else put there is allowed, but recording to it is not.
        if let planted = PlantedFile(at: path, withEnd: access != .readOnly) {
            throw HistoryError(
                access == .readOnly ? .cannotRead : .cannotWrite, "cannot use \(path): \(planted.problem)")
        }
        if access != .readOnly {
            for part in DatabaseParts.suffixes.map({ real.path + $0 }) {
                guard let planted = PlantedFile(at: part) else { continue }
                throw HistoryError(.cannotWrite, "cannot use \(part): \(planted.problem)")
            }
        }
        return real.path
    }

    /// Refuses a file that is not a history by its first bytes, before SQLite sees it.
    private static func identify(_ path: String, access: Access) throws -> DatabaseFileHeader {
        let header = try DatabaseFileHeader(ofFile: path)
        switch header {
        case .database(DatabaseFileHeader.ourApplicationID, _): return header
        case .database:
            throw HistoryError(
                .foreignDatabase,
                "cannot use \(path): it is another program's database; name another file with --database")
        case .other:
            throw HistoryError(
                .notADatabase, "cannot use \(path): it is not a SQLite database; name another file with --database")
        case .empty where access == .readOnly:
            throw HistoryError(
                .missing, "cannot read \(path): the file is empty; run `\(ProgramName.called) collect` to fill it")
        case .missing where access == .readOnly || access == .readWrite(create: false):
            throw HistoryError(
                .missing,
                "cannot read \(path): there is no such file; run `\(ProgramName.called) collect` to create it, or name another file with --database"
            )
        case .missing, .empty: return header
        }
    }

    /// Closes the connection; every later call throws.
    package func close() throws {
        try HistoryError.mapped("close", path) { try queue.close() }
    }
}

import GRDB
import GuestCustomization

/// The state that the recording of polls keeps between transactions. Used only on the database's queue, hence unchecked.
final class Recording: @unchecked Sendable {
    private let migrator: SchemaMigrator
    private var schemaVersion: Int?
    private var runs: [CollectionRunID: OpenRun] = [:]
    private var polls = PollWriter()
    /// Changes only when another connection has written.
    private var dataVersion: Int?
    /// Whether another process held the database at the last attempt to write.
    var isHeldElsewhere = false

    init(migrator: SchemaMigrator) {
        self.migrator = migrator
    }

    /// Notes that the schema was verified.
    func noteSchema(_ db: Database) throws {
        schemaVersion = try Self.schemaVersion(db)
    }

    /// Verifies the schema again if somebody has changed it since, for example by adding a trigger.
    private func requireSchema(_ db: Database) throws {
        let version = try Self.schemaVersion(db)
        guard version != schemaVersion else { return }
        _ = try migrator.verify(db)
        schemaVersion = version
    }

    private static func schemaVersion(_ db: Database) throws -> Int? {
        try db.firstRow(of: "PRAGMA schema_version") { Int(try $0.integer(0, in: Int64.min...Int64.max, "")) }
    }

    func run(_ id: CollectionRunID, path: String, _ db: Database) throws -> OpenRun {
        if let run = runs[id] { return run }
        let run = try OpenRun(id, path: path, db)
        runs[id] = run
        return run
    }

    func close(_ id: CollectionRunID) {
        runs[id] = nil
    }

    /// Runs a transaction; if it fails, what was read in it is discarded.
    func transaction(_ db: Database, _ body: () throws -> Void) throws {
        // GRDB's `inTransaction` would prepare both statements each time. If this fails, what was read before is still valid.
        try db.cachedStatement(sql: "BEGIN IMMEDIATE").execute()
        do {
            // Another process may have rebuilt the customizations, which changes their row ids.
            let version = try db.firstRow(of: "PRAGMA data_version") { try $0.count(0) }
            if version != dataVersion {
                try requireSchema(db)
                forgetRuns()
            }
            dataVersion = version
            try CommitMark.advance(db)
            try body()
            try db.cachedStatement(sql: "COMMIT").execute()
        } catch {
            try? db.rollback()
            forgetRuns()
            polls = PollWriter()
            throw error
        }
    }

    /// Runs a transaction in which runs may get other numbers: with checks of references, SQLite would search all tables for each of them.
    /// The references are checked at the end instead.
    func transactionWithoutReferences(_ db: Database, _ body: () throws -> Void) throws {
        try db.execute(sql: "PRAGMA foreign_keys = OFF")
        defer { try? db.execute(sql: "PRAGMA foreign_keys = ON") }
        try transaction(db) {
            try body()
            if let broken = try FileIntegrity.brokenReference(db) {
                throw DatabaseError(
                    resultCode: .SQLITE_CONSTRAINT,
                    message: "a row of \(broken.table) names a missing row of \(broken.parent)")
            }
        }
    }

    /// Discards what was read about VMs; it is read again when needed.
    func forgetRuns() {
        for run in runs.values { run.forget() }
    }

    /// Discards this for all runs on a vCenter except one.
    func forgetRuns(of vCenterID: Int64, but known: OpenRun) {
        for run in runs.values where run.vCenterID == vCenterID && run !== known { run.forget() }
    }

    /// Appends polls and updates the run's figures.
    func append(_ batch: [Poll], to run: OpenRun, path: String, _ db: Database) throws {
        let figures = try polls.append(batch, to: run, db)
        try db.cachedStatement(
            sql: """
                UPDATE collection_run SET polls = polls + ?1, failed_polls = failed_polls + ?2,
                    reported_polls = reported_polls + ?3, last_reported_ms = coalesce(max(last_reported_ms, ?4), ?4, last_reported_ms)
                WHERE id = ?5 AND outcome = 'running'
                """
        ).run(
            [
                .integer(Int64(batch.count)), .integer(Int64(figures.failed)), .integer(Int64(figures.reported)),
                .instant(figures.lastReportedAt), .integer(run.id.rawValue),
            ], db)
        guard db.changesCount == 1 else { throw HistoryError.runEnded(run.id, path) }
    }
}

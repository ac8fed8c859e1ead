import GRDB
import GuestCustomization
import HistoryEvidence
import Migrations

/// Another history that is to be merged, as it is at one instant: a file that may come from anyone.
package final class IncomingHistory: Sendable {
    /// Its real path.
    package let path: String
    private let queue: DatabaseQueue
    private let isImmutable: Bool

    /// Opens it for reading, and keeps its present state in view until this value is released.
    ///
    /// - Throws: `HistoryError`, also if it is not a history, or has the schema of another version of this program.
    package init(_ path: String, toolVersion: String, waiting: HistoryDatabase.Waiting, at now: Timestamp) throws {
        let opened = try Self.aboutOther(path) {
            try HistoryDatabase.open(path, access: .readOnly, toolVersion: toolVersion, waiting: waiting, at: now)
        }
        self.path = opened.path
        try opened.close()
        (queue, isImmutable) = try HistoryError.mapped("open", opened.path) {
            try Connection.reading(opened.path, isWAL: true, busyTimeout: waiting.timeout, keepsTransactions: true)
        }
        try read("read") { db in
            try db.execute(sql: "PRAGMA foreign_keys = OFF; BEGIN DEFERRED")
            let migrator = SchemaMigrator(migrations: SchemaMigration.all, path: opened.path)
            guard try migrator.verify(db) == SchemaMigration.all.count else {
                throw HistoryError(.busy, "cannot merge \(opened.path): it was replaced meanwhile; run this again")
            }
        }
    }

    /// What there is to do about the history of `--database` is wrong for another one.
    private static func aboutOther(_ path: String, _ open: () throws -> HistoryDatabase) throws -> HistoryDatabase {
        do {
            return try open()
        } catch let error as HistoryError {
            let remedy: String? =
                switch error.code {
                case .missing:
                    "there is no such file, or it is empty; name another collector's history, or a backup of it"
                case .notADatabase, .foreignDatabase:
                    "it is not a history; name another collector's history, or a backup of it"
                case .olderSchema:
                    "an older version of this program created it; upgrade its collector, and take it after the next run there"
                default: nil
                }
            throw remedy.map { HistoryError(error.code, "cannot merge \(path): \($0)") } ?? error
        }
    }

    deinit { try? queue.close() }

    /// Checks that everything in it is as it was recorded; nothing is merged before.
    ///
    /// - Parameter progress: Throws to stop.
    /// - Throws: `HistoryError` with the code `damaged`, about the first thing that does not hold.
    package func verify(progress: (HistoryDatabase.VerificationStep) throws -> Void = { _ in }) throws {
        try read("verify") { db in
            // Undoes the temporary tables, which hide those of the file.
            try db.execute(sql: "SAVEPOINT verification")
            defer { try? db.execute(sql: "ROLLBACK TO verification; RELEASE verification") }
            _ = try HistoryDatabase.verify(db, progress: progress)
        }
    }

    /// Reads while this process writes to another history, whose errors are not to be taken for this one's.
    func view<Value>(_ body: (Database) throws -> Value) throws -> Value { try queue.unsafeReentrantRead(body) }

    func read<Value>(_ attempt: String, _ body: (Database) throws -> Value) throws -> Value {
        do {
            let value = try HistoryError.mapped(attempt, path) { try queue.unsafeReentrantRead(body) }
            try Connection.requireUnopened(path, readAsImmutable: isImmutable, attempt)
            return value
        } catch let discrepancy as Discrepancy {
            throw HistoryError(
                .damaged,
                "nothing was merged: \(path) is not as it was recorded: \(discrepancy.finding); get a sound copy of it")
        }
    }
}

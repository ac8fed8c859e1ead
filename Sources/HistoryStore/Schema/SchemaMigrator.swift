import Crypto
import Foundation
import GRDB
import GuestCustomization
import Migrations

/// Updates a database to the program's schema, and refuses one whose applied migrations differ from the program's.
///
/// GRDB's own migrator stores only names; this one stores a digest of each applied script, so that an edited one is detected.
struct SchemaMigrator {
    var migrations: [SchemaMigration]
    var path: String

    /// Checks that the applied migrations are the program's; changes nothing.
    ///
    /// - Returns: How many migrations are applied.
    func verify(_ db: Database) throws -> Int {
        let version = try Self.version(db)
        guard version <= migrations.count else {
            throw HistoryError(
                .newerSchema,
                "cannot use \(path): its schema has version \(version), but this program knows only \(migrations.count); install a newer version"
            )
        }
        guard try db.hasRow("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'migration'") else {
            throw HistoryError(
                .damaged, "cannot use \(path): its table migration is missing; \(HistoryError.restore)")
        }
        let applied = try applied(db)
        guard applied.count == version else {
            throw HistoryError(
                .damaged,
                "cannot use \(path): its user_version is \(version) but \(applied.count) migrations are recorded; \(HistoryError.restore)"
            )
        }
        for (migration, applied) in zip(migrations, applied) {
            guard applied.number == migration.number, applied.digest == migration.digest else {
                throw HistoryError(
                    .editedMigration,
                    "cannot use \(path): its migration \(migration.number) (\(migration.name)) differs from this program's; use the version of the program that created it"
                )
            }
        }
        try SchemaObjects.require(migrations.prefix(applied.count), in: db, path)
        return applied.count
    }

    private static func version(_ db: Database) throws -> Int {
        try db.firstRow(of: "PRAGMA user_version") { Int(try $0.integer(0, in: 0...Int64(Int32.max), "")) } ?? 0
    }

    private func applied(_ db: Database) throws -> [(number: Int64, digest: AnswerDigest)] {
        do {
            return try db.rows(of: "SELECT number, sha256 FROM migration ORDER BY number") {
                (try $0.id(0), try $0.digest(1))
            }
        } catch let fault as StoredValueFault {
            throw HistoryError(
                .damaged,
                "cannot use \(path): a value of its table migration \(fault.complaint); \(HistoryError.restore)"
            )
        }
    }

    /// Applies the missing migrations, each script and its bookkeeping in one transaction.
    ///
    /// - Parameter isNew: Whether the file is still empty; otherwise call `verify` first.
    func migrate(_ db: Database, isNew: Bool, at now: Timestamp, toolVersion: String) throws {
        for migration in migrations {
            let isFirst = isNew && migration.number == 1
            try db.inTransaction(isFirst ? .deferred : .immediate) {
                // Lets `history prune` give space back in small steps. Only an empty file takes it, before a transaction writes; but within
                // one, or a file without our mark could be left behind.
                if isFirst { try db.execute(sql: "PRAGMA auto_vacuum = INCREMENTAL") }
                // Another process may have migrated it meanwhile.
                let version = try Self.version(db)
                guard version < migration.number else { return .commit }
                if isFirst {
                    try db.execute(sql: "PRAGMA application_id = \(DatabaseFileHeader.ourApplicationID)")
                }
                try db.execute(sql: String(decoding: migration.script, as: UTF8.self))
                try db.execute(
                    sql:
                        "INSERT INTO migration (number, name, sha256, applied_at_ms, tool_version) VALUES (?, ?, ?, ?, ?)",
                    arguments: [
                        migration.number, migration.name, migration.digest.data, now.unixMilliseconds, toolVersion,
                    ])
                try db.execute(sql: "PRAGMA user_version = \(migration.number)")
                try CommitMark.advance(db)
                return .commit
            }
        }
    }
}

extension SchemaMigration {
    var digest: AnswerDigest { AnswerDigest(script) }
}

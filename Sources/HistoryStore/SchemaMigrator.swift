import Crypto
import Foundation
import GRDB
import GuestCustomization
import Migrations

/// Brings a database to the program's schema, and refuses one whose past differs from what the program knows.
///
/// GRDB's own migrator keeps names only; this one keeps a digest of each applied script, so that an edited one is found.
struct SchemaMigrator {
    var migrations: [SchemaMigration]
    var path: String

    /// Checks that what was applied is what the program would have applied; touches nothing.
    ///
    /// - Returns: How many of the migrations are applied.
    func verify(_ db: Database) throws -> Int {
        let version = try Int.fetchOne(db, sql: "PRAGMA user_version") ?? 0
        guard version <= migrations.count else {
            throw HistoryDatabaseError(
                .newerSchema,
                "cannot use \(path): its schema has number \(version) and this program knows \(migrations.count); install a newer version"
            )
        }
        guard try db.tableExists("migration") else {
            throw HistoryDatabaseError(
                .damaged,
                "cannot use \(path): its table of migrations is missing; keep a copy of it and restore a backup")
        }
        let applied = try Row.fetchAll(db, sql: "SELECT number, name, sha256 FROM migration ORDER BY number")
        guard applied.count == version else {
            throw HistoryDatabaseError(
                .damaged,
                "cannot use \(path): its user_version is \(version) and \(applied.count) migrations are recorded; keep a copy of it and restore a backup"
            )
        }
        for (migration, row) in zip(migrations, applied) {
            guard row["number"] == migration.number, row["sha256"] == migration.sha256 else {
                throw HistoryDatabaseError(
                    .editedMigration,
                    "cannot use \(path): its migration \(migration.number) (\(migration.name)) differs from this program's; use the version of the program that made it"
                )
            }
        }
        try verifyObjects(db, of: migrations.prefix(applied.count))
        return applied.count
    }

    /// Checks that the tables, indexes and views are those that the migrations made; others beside them are let be.
    private func verifyObjects(_ db: Database, of applied: some Sequence<SchemaMigration>) throws {
        let query = "SELECT type || ' ' || name || ' ' || sql FROM sqlite_schema WHERE sql IS NOT NULL"
        let expected = try DatabaseQueue().write { fresh in
            for migration in applied { try fresh.execute(sql: String(decoding: migration.script, as: UTF8.self)) }
            return try String.fetchSet(fresh, sql: query)
        }
        let changed = expected.subtracting(try String.fetchSet(db, sql: query))
        guard changed.isEmpty else {
            let names = changed.map { $0.split(separator: " ").prefix(2).joined(separator: " ") }.sorted()
            throw HistoryDatabaseError(
                .damaged,
                "cannot use \(path): \(names.joined(separator: ", ")) was changed or dropped by somebody; keep a copy of it and restore a backup"
            )
        }
    }

    /// Applies what is missing, each script and its bookkeeping in one transaction.
    ///
    /// `isNew` if the file holds nothing yet; otherwise call `verify` first.
    func migrate(_ db: Database, isNew: Bool, at now: Timestamp, toolVersion: String) throws {
        for migration in migrations {
            try db.inTransaction(.immediate) {
                // Another process may have been here since.
                let version = try Int.fetchOne(db, sql: "PRAGMA user_version") ?? 0
                guard version < migration.number else { return .commit }
                if isNew && migration.number == 1 {
                    try db.execute(sql: "PRAGMA application_id = \(DatabaseFileHeader.ourApplicationID)")
                }
                try db.execute(sql: String(decoding: migration.script, as: UTF8.self))
                try db.execute(
                    sql:
                        "INSERT INTO migration (number, name, sha256, applied_at_ms, tool_version) VALUES (?, ?, ?, ?, ?)",
                    arguments: [
                        migration.number, migration.name, migration.sha256, now.unixMilliseconds, toolVersion,
                    ])
                try db.execute(sql: "PRAGMA user_version = \(migration.number)")
                return .commit
            }
        }
    }
}

extension SchemaMigration {
    var sha256: Data { Data(SHA256.hash(data: script)) }
}

import Foundation
import GRDB
import GuestCustomization
import Migrations

/// The tables, indexes, triggers and views that migrations create, and what else a file may contain.
///
/// An auditor's own tables, views and plain indexes are allowed. Anything that changes, replaces or reacts to an object of this
/// program could falsify its content.
struct SchemaObjects {
    private let made: Set<SchemaObject>
    /// Names of tables and views, in lower case.
    private let tables: Set<String>
    private let constants: [String]

    /// The tables that a migration fills and nothing changes afterwards.
    private static let constantTables: [SQL] = [
        "SELECT 'endpoint ' || id || ' ' || name FROM endpoint ORDER BY id",
        "SELECT 'duration_bound ' || seconds FROM duration_bound ORDER BY seconds",
        "SELECT 'block_position ' || position FROM block_position ORDER BY position",
    ]

    /// `digest` of what all migrations make. A file with exactly that needs no schema made anew to be compared with, which takes longer than
    /// the rest of opening a file. A new migration changes it; a test tells the new one.
    static let digestOfCurrent = "Qd+medfGbjFCXhcBsuJKEVAUnAGzJ36+s4fX2bCN/Z4="

    /// Throws if an object that `migrations` made is missing, was changed or replaced, or if a foreign object affects ours.
    static func require(_ migrations: some Sequence<SchemaMigration>, in db: Database, _ path: String) throws {
        if migrations.elementsEqual(SchemaMigration.all), (try? digest(db)) == digestOfCurrent { return }
        try SchemaObjects(madeBy: migrations).require(in: db, path)
    }

    /// SHA-256, in base64, of everything that `require` compares.
    static func digest(_ db: Database) throws -> String {
        let objects = try SchemaObject.all(db).sorted { ($0.type, $0.name) < ($1.type, $1.name) }
        let texts = objects.flatMap { [$0.type, $0.name, $0.table, $0.sql ?? ""] } + (try constants(db))
        // With its length before each, so that no other texts give the same bytes.
        return AnswerDigest(texts.flatMap { Array("\($0.utf8.count):\($0)".utf8) }).data.base64EncodedString()
    }

    private init(madeBy migrations: some Sequence<SchemaMigration>) throws {
        (made, constants) = try DatabaseQueue().write { fresh in
            fresh.endAuthorizing()
            for migration in migrations { try fresh.execute(sql: String(decoding: migration.script, as: UTF8.self)) }
            return (try Set(SchemaObject.all(fresh)), try Self.constants(fresh))
        }
        tables = Set(made.filter { $0.type == "table" || $0.type == "view" }.map { $0.name.lowercased() })
    }

    private static func constants(_ db: Database) throws -> [String] {
        try constantTables.flatMap { try db.rows(of: $0) { try $0.textOrNull(0) ?? "" } }
    }

    private func require(in db: Database, _ path: String) throws {
        let objects: [SchemaObject]
        do {
            objects = try SchemaObject.all(db)
        } catch let fault as StoredValueFault {
            throw refusal(path, "a value of its schema \(fault.complaint)")
        }
        let found = Set(objects)
        if let object = made.subtracting(found).min(by: { $0.name < $1.name }) {
            let others = objects.filter { $0.name.lowercased() == object.name.lowercased() }
            throw refusal(
                path, "\(object.shown) \(others.isEmpty ? "is missing" : "was changed or replaced")")
        }
        let names = Set(made.map { $0.name.lowercased() })
        if objects.count(where: { names.contains($0.name.lowercased()) }) > made.count {
            throw refusal(path, "two objects of its schema have the same name")
        }
        let others = found.subtracting(made).sorted { $0.name < $1.name }
        for trigger in others where trigger.type == "trigger" {
            if try reachesOurs(trigger, db) { throw refusal(path, foreign: trigger) }
        }
        if others.contains(where: { $0.type == "index" }) { try requirePlainIndexes(db, path) }
        // A value that is not a text differs too.
        guard (try? Self.constants(db)) == constants else {
            throw refusal(path, "its table endpoint, duration_bound or block_position was changed")
        }
    }

    /// Whether a trigger names a table or view of ours, or is fired by our changes through a foreign key of its table that has an action.
    private func reachesOurs(_ trigger: SchemaObject, _ db: Database) throws -> Bool {
        let words = (trigger.sql ?? "").lowercased().split { !($0.isLetter || $0.isNumber || $0 == "_") }
        guard trigger.sql != nil, !tables.contains(trigger.table.lowercased()),
            !words.contains(where: { tables.contains(String($0)) })
        else { return true }
        return try db.hasRow(
            """
            SELECT 1 FROM pragma_foreign_key_list(\(trigger.table))
            WHERE on_delete NOT IN ('NO ACTION', 'RESTRICT') OR on_update NOT IN ('NO ACTION', 'RESTRICT')
            """)
    }

    /// Refuses an index that is unique or includes expressions: it can refuse what is recorded.
    private func requirePlainIndexes(_ db: Database, _ path: String) throws {
        let indexes = try db.rows(
            of: """
                SELECT t.name, i.name FROM sqlite_schema AS t, pragma_index_list(t.name) AS i
                WHERE t.type = 'table' AND i.origin = 'c' AND (i."unique" OR i.partial OR EXISTS (
                    SELECT 1 FROM pragma_index_xinfo(i.name) AS x
                    WHERE x.key AND (x.cid < -1 OR x.coll NOT IN ('BINARY', 'NOCASE', 'RTRIM'))
                ))
                """
        ) { SchemaObject(type: "index", name: try $0.text(1), table: try $0.text(0), sql: nil) }
        let known = Set(made.filter { $0.type == "index" }.map(\.name))
        for index in indexes where tables.contains(index.table.lowercased()) && !known.contains(index.name) {
            throw refusal(path, foreign: index)
        }
    }

    private func refusal(_ path: String, foreign object: SchemaObject) -> HistoryError {
        HistoryError(
            .damaged,
            "cannot use \(path): \(object.shown) on \(object.table.shownFromFile) is not this program's, and could change or refuse what is recorded; drop it"
        )
    }

    private func refusal(_ path: String, _ found: String) -> HistoryError {
        HistoryError(.damaged, "cannot use \(path): \(found); \(HistoryError.restore)")
    }
}

/// A row of `sqlite_schema`.
private struct SchemaObject: Hashable {
    var type: String
    var name: String
    /// The table that an index or a trigger is on.
    var table: String
    /// `nil` for an index that a table's own definition creates.
    var sql: String?

    static func all(_ db: Database) throws -> [SchemaObject] {
        try db.rows(of: "SELECT type, name, tbl_name, sql FROM sqlite_schema") {
            SchemaObject(type: try $0.text(0), name: try $0.text(1), table: try $0.text(2), sql: try $0.textOrNull(3))
        }
    }

    /// Its type and name, for a message.
    var shown: String { "\(type.shownFromFile) \(name.shownFromFile)" }
}

import GRDB
import GuestCustomization
import Migrations

extension HistorySchema {
    /// What this program's migrations make; reads no history.
    package static func current() throws -> HistorySchema { try HistorySchema(madeBy: SchemaMigration.all) }

    init(madeBy migrations: [SchemaMigration]) throws {
        let scripts = migrations.map { String(decoding: $0.script, as: UTF8.self) }
        let comments = SchemaComments(of: scripts)
        let objects = try HistoryError.mapped("build the schema in", "memory") {
            try DatabaseQueue().write { db in
                for script in scripts { try db.execute(sql: script) }
                let made = try db.rows(
                    of: """
                        SELECT name, type FROM sqlite_schema
                        WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY rowid
                        """
                ) { (name: try $0.text(0), isView: $0.isText(1, "view")) }
                return try made.map { try Self.object($0.name, isView: $0.isView, comments.objects[$0.name], db) }
            }
        }
        let order: [Object.Kind] = [.publicView, .view, .table]
        self.init(objects: order.flatMap { kind in objects.filter { $0.kind == kind } })
    }

    private static func object(
        _ name: String, isView: Bool, _ comments: SchemaComments.Object?, _ db: Database
    ) throws -> Object {
        let columns = try db.rows(of: "SELECT name, type FROM pragma_table_info(\(name)) ORDER BY cid") { row in
            let name = try row.text(0)
            let type = try row.text(1)
            let comment = comments?.columns[name]
            // SQLite before 3.41 knows no type of an expression in a view.
            return Column(
                name: name, type: comment?.castType ?? (type.isEmpty ? nil : type), description: comment?.description)
        }
        return Object(
            name: name, kind: !isView ? .table : comments?.isPublic == true ? .publicView : .view,
            description: comments?.description, columns: columns)
    }
}

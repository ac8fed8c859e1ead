import GRDB

/// Temporary tables of the same names as the derived ones, which SQLite prefers to those of the file: what is derived from polls can be
/// computed again without a change of the file.
enum DerivedCopy {
    private static let tables = ["collection_run", "customization", "latest_answer", "poll_span"]
    private static let views = ["polled_runs", "current_poll", "latest_poll", "last_report"]

    /// Makes them, empty but for the runs.
    ///
    /// - Parameter db: A connection that may write to temporary tables, without checks of foreign keys.
    static func make(_ db: Database) throws {
        for name in tables { try copy("table", "name = '\(name)'", db) }
        for name in tables { try copy("index", "tbl_name = '\(name)' AND sql IS NOT NULL", db) }
        for name in views { try copy("view", "name = '\(name)'", db) }
        try db.execute(sql: "INSERT INTO temp.collection_run SELECT * FROM main.collection_run")
    }

    /// Drops them, so that the file's tables are seen again.
    static func drop(_ db: Database) throws {
        for name in views.reversed() { try db.execute(sql: "DROP VIEW temp.\(name)") }
        for name in tables.reversed() { try db.execute(sql: "DROP TABLE temp.\(name)") }
    }

    private static func copy(_ type: String, _ condition: String, _ db: Database) throws {
        let definitions = try db.rows(
            of: "SELECT sql FROM main.sqlite_schema WHERE type = \(type) AND \(sql: condition)"
        ) { try $0.text(0) }
        for sql in definitions {
            let kind = type.uppercased()
            let begin = type == "index" ? "CREATE INDEX temp." : "CREATE TEMP \(kind) "
            guard sql.hasPrefix("CREATE \(kind) ") else { continue }
            try db.execute(sql: begin + sql.dropFirst("CREATE \(kind) ".count))
        }
    }
}

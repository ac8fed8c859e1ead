import GRDB

/// SQLite's own checks of a whole file.
enum FileIntegrity {
    /// The first damage to a page, an index or a value; `nil` if there is none.
    static func damage(_ db: Database) throws -> String? {
        let verdict = try db.firstRow(of: "PRAGMA integrity_check(1)") { try $0.text(0) } ?? "nothing"
        return verdict == "ok" ? nil : verdict
    }

    /// The first row that refers to one that does not exist: its table, and the table of the missing row.
    static func brokenReference(
        _ db: Database, in isJudged: (_ table: String) -> Bool = { _ in true }
    ) throws -> (table: String, parent: String)? {
        var broken: (table: String, parent: String)?
        try db.readRows(of: "PRAGMA foreign_key_check") { row in
            let table = try row.text(0)
            if isJudged(table) { broken = (table, try row.text(2)) }
            return broken == nil
        }
        return broken
    }
}

import GRDB

/// SQLite's own checks of a whole file.
enum FileIntegrity {
    /// The first damage to a page, an index or a value; `nil` if there is none.
    static func damage(_ db: Database) throws -> String? {
        let verdict = try db.firstRow(of: "PRAGMA integrity_check(1)") { try $0.text(0) } ?? "nothing"
        return verdict == "ok" ? nil : verdict
    }

    /// The first row of a table of ours that refers to one that does not exist: its table, and the table of the missing row. An auditor's
    /// own tables are not this program's to judge.
    static func brokenReference(_ db: Database) throws -> (table: String, parent: String)? {
        let ours = Set(StoredTable.all.map(\.name))
        var broken: (table: String, parent: String)?
        try db.readRows(of: "PRAGMA foreign_key_check") { row in
            let table = try row.text(0)
            if ours.contains(table) { broken = (table, try row.text(2)) }
            return broken == nil
        }
        return broken
    }
}

import GRDB
import GuestCustomization

/// A query whose rows are read in pieces, each in a transaction of its own: a reader that takes long neither keeps the log from being
/// emptied nor sees half of a run.
struct ExportQuery {
    /// Rows of small tables that are read at once.
    static let pieceRows = 2000

    var columns: [ExportColumn]
    /// The last key of the piece after a key; `nil` after the last one.
    var next: (Database, _ after: Int64) throws -> Int64?
    /// The query for the keys after the first and up to the second.
    var rows: (_ after: Int64, _ through: Int64) throws -> SQL

    /// A query in pieces of `pieceRows` rows of a table, by its row ids.
    init(
        _ columns: [ExportColumn], of table: String, by rows: Int = pieceRows,
        _ query: @escaping (_ after: Int64, _ through: Int64) -> SQL
    ) {
        self.columns = columns
        next = { db, last in
            let key: SQL = """
                SELECT max(id) FROM (SELECT id FROM \(sql: table) WHERE id > \(last) ORDER BY id LIMIT \(rows))
                """
            return try db.firstRow(of: key) { try $0.idOrNull(0) } ?? nil
        }
        self.rows = query
    }

    init(
        _ columns: [ExportColumn], next: @escaping (Database, _ after: Int64) throws -> Int64?,
        _ query: @escaping (_ after: Int64, _ through: Int64) -> SQL
    ) {
        self.columns = columns
        self.next = next
        rows = query
    }

    /// The rows of the piece after a key, and its last key; `nil` after the last piece.
    func piece(after last: Int64, _ db: Database) throws -> (rows: [ExportedRow], last: Int64)? {
        guard let through = try next(db, last) else { return nil }
        var found: [ExportedRow] = []
        try db.forEachRow(of: rows(last, through)) { row in
            var values = ExportedRow()
            values.reserveCapacity(columns.count)
            for (index, column) in columns.enumerated() { values.append(try column.value(row, CInt(index))) }
            found.append(values)
        }
        return (found, through)
    }
}

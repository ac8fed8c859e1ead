import GRDB
import GRDBSQLite

/// Writes rows of integers, many to a statement: that costs about half of a statement for each row.
///
/// The rows are gathered first and written by `flush`. A foreign or unique key that is violated throws from `flush`.
struct MultiRowStatement {
    private let manySQL: String
    private let oneSQL: String
    private let columns: Int
    private var values: [Int64] = []
    /// Above this the gain is lost in the noise, and the statement takes longer to prepare.
    private static let rowsPerStatement = 64

    /// The statement is `head`, `row` (with a `?` for each of `columns`) once for each row, and `tail`.
    init(_ head: String, row: String, tail: String = "", columns: Int) {
        oneSQL = "\(head) \(row) \(tail)"
        manySQL = "\(head) \(Array(repeating: row, count: Self.rowsPerStatement).joined(separator: ", ")) \(tail)"
        self.columns = columns
    }

    mutating func append(_ row: Int64...) {
        values.append(contentsOf: row)
    }

    mutating func removeAll() {
        values.removeAll(keepingCapacity: true)
    }

    mutating func flush(_ db: Database) throws {
        defer { removeAll() }
        let many = Self.rowsPerStatement * columns
        var start = 0
        while start < values.count {
            let isMany = values.count - start >= many
            let end = start + (isMany ? many : columns)
            try execute(db.cachedStatement(sql: isMany ? manySQL : oneSQL), start..<end, db)
            start = end
        }
    }

    /// Binds and steps without GRDB's arguments, which box each value.
    private func execute(_ statement: Statement, _ range: Range<Int>, _ db: Database) throws {
        let handle = statement.sqliteStatement
        for (offset, index) in range.enumerated() {
            sqlite3_bind_int64(handle, CInt(offset + 1), values[index])
        }
        let code = sqlite3_step(handle)
        sqlite3_reset(handle)
        guard code == SQLITE_DONE else {
            throw DatabaseError(resultCode: ResultCode(rawValue: code), message: db.lastErrorMessage)
        }
    }
}

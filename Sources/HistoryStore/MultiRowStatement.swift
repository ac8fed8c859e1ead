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

    // One for each width in use: a variadic one would allocate an array for each row.

    mutating func append(_ first: Int64, _ second: Int64, _ third: Int64) {
        values.append(first)
        values.append(second)
        values.append(third)
    }

    mutating func append(_ first: Int64, _ second: Int64, _ third: Int64, _ fourth: Int64) {
        append(first, second, third)
        values.append(fourth)
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
        values.withUnsafeBufferPointer { values in
            var parameter: CInt = 1
            for index in range {
                sqlite3_bind_int64(handle, parameter, values[index])
                parameter += 1
            }
        }
        let code = sqlite3_step(handle)
        sqlite3_reset(handle)
        guard code == SQLITE_DONE else {
            throw DatabaseError(resultCode: ResultCode(rawValue: code), message: db.lastErrorMessage)
        }
    }
}

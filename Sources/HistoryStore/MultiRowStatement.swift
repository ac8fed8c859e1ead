import GRDB
import GRDBSQLite

/// Writes rows of integers: many to a statement, which costs about half of a statement for each row.
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
        guard !values.isEmpty else { return }
        let many = Self.rowsPerStatement * columns
        let manyEnd = values.count - values.count % many
        if manyEnd > 0 { try execute(db.cachedStatement(sql: manySQL), 0..<manyEnd, by: many, db) }
        if manyEnd < values.count {
            try execute(db.cachedStatement(sql: oneSQL), manyEnd..<values.count, by: columns, db)
        }
    }

    /// Binds and steps without GRDB's arguments, which box each value.
    private func execute(_ statement: Statement, _ range: Range<Int>, by width: Int, _ db: Database) throws {
        let handle = statement.sqliteStatement
        try values.withUnsafeBufferPointer { values in
            for start in stride(from: range.lowerBound, to: range.upperBound, by: width) {
                for parameter in 0..<width {
                    sqlite3_bind_int64(handle, CInt(truncatingIfNeeded: parameter + 1), values[start + parameter])
                }
                let code = sqlite3_step(handle)
                sqlite3_reset(handle)
                guard code == SQLITE_DONE else {
                    throw DatabaseError(resultCode: ResultCode(rawValue: code), message: db.lastErrorMessage)
                }
            }
        }
    }
}

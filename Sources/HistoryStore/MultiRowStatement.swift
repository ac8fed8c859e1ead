import GRDB
import GRDBSQLite

/// Writes rows of integers: many to a statement, which costs about half of a statement for each row.
///
/// The rows are gathered first and written by `flush`. A foreign or unique key that is violated throws from `flush`.
struct MultiRowStatement {
    private let columns: Int
    /// The statement for so many rows at once, the most first.
    private let statements: [(rows: Int, sql: String)]
    private var values: [Int64] = []
    /// Above this the gain is lost in the noise, and the statement takes longer to prepare.
    private static let rowCounts = [128, 16, 1]

    /// The statement is `head`, `row` (with a `?` for each of `columns`) once for each row, and `tail`.
    init(_ head: String, row: String, tail: String = "", columns: Int) {
        self.columns = columns
        statements = Self.rowCounts.map { rows in
            (rows, "\(head) \(Array(repeating: row, count: rows).joined(separator: ", ")) \(tail)")
        }
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

    mutating func flush(_ db: Database) throws {
        defer { values.removeAll(keepingCapacity: true) }
        var start = 0
        for (rows, sql) in statements {
            let width = rows * columns
            let end = values.count - (values.count - start) % width
            if start < end { try execute(db.cachedStatement(sql: sql), start..<end, by: width, db) }
            start = end
        }
    }

    private func execute(_ statement: Statement, _ range: Range<Int>, by width: Int, _ db: Database) throws {
        let handle = statement.sqliteStatement
        try values.withUnsafeBufferPointer { values in
            for start in stride(from: range.lowerBound, to: range.upperBound, by: width) {
                for parameter in 0..<width {
                    sqlite3_bind_int64(handle, CInt(truncatingIfNeeded: parameter + 1), values[start + parameter])
                }
                try statement.finish(db)
            }
        }
    }
}

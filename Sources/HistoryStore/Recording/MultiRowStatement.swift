import GRDB
import GRDBSQLite

/// Writes rows of four integers or NULLs, many per statement, which costs about half as much as one statement for each row.
///
/// The rows are collected first and written by `flush`. A violated foreign or unique key throws from `flush`.
struct MultiRowStatement {
    private static let columns = 4
    /// Beyond the first number there is no measurable gain, and looking up the statement's text takes longer; the others write the
    /// rest of a batch in few statements.
    private static let rowCounts = [64, 16, 4, 1]
    /// The statement for each number of rows, the largest number first.
    private let statements: [(rows: Int, sql: String)]
    private var values: [Int64?] = []

    /// - Parameter head: The statement up to and with `VALUES`.
    init(_ head: String) {
        statements = Self.rowCounts.map { rows in
            (rows, "\(head) \(Array(repeating: "(?, ?, ?, ?)", count: rows).joined(separator: ", "))")
        }
    }

    mutating func append(_ first: Int64?, _ second: Int64?, _ third: Int64?, _ fourth: Int64?) {
        values.append(first)
        values.append(second)
        values.append(third)
        values.append(fourth)
    }

    mutating func flush(_ db: Database) throws {
        defer { values.removeAll(keepingCapacity: true) }
        var start = 0
        for (rows, sql) in statements {
            let width = rows * Self.columns
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
                    let position = CInt(truncatingIfNeeded: parameter + 1)
                    if let value = values[start + parameter] {
                        sqlite3_bind_int64(handle, position, value)
                    } else {
                        sqlite3_bind_null(handle, position)
                    }
                }
                try statement.finish(db)
            }
        }
    }
}

import GRDB
import GRDBSQLite
import GuestCustomization

extension HistoryDatabase {
    /// Runs one query of somebody else's, which can only read: the connection is read-only and `query_only`, and `QueryAuthorizer`
    /// refuses everything else. Rows are handed on one by one.
    ///
    /// The connection is not to be used for anything else afterwards.
    ///
    /// - Parameters:
    ///   - timeout: `nil` for as long as it takes.
    ///   - head: Called with the names of the columns, before any row.
    /// - Throws: `HistoryError`, with the code `usage` for what is wrong with the query; the errors of `head` and `row`.
    package func query(
        _ sql: String, timeout: Duration?, head: ([String]) throws -> Void, row: ([QueryValue]) throws -> Void
    ) throws {
        try HistoryError.mapped("query", path) {
            try queue.unsafeReentrantRead { db in
                let connection = QueryConnection(db, until: timeout.map { clock.now() + $0 }, by: clock)
                let statement = try connection.prepare(sql)
                try head(statement.columnNames)
                while try statement.step() { try row(statement.values) }
            }
            try Connection.requireUnopened(path, readAsImmutable: isImmutable, "trust the result of the query on")
        }
    }
}

import GRDB

/// Runs queries. Values in them are written as `\(value)` and are bound. GRDB's rows are not used: their subscript ends the process
/// if a value has an unexpected type.
extension Database {
    /// Runs a query and calls `body` with each row.
    func forEachRow(of query: SQL, _ body: (StatementColumns) throws -> Void) throws {
        try prepared(query).forEachRow(self, body)
    }

    /// Runs a query and calls `body` with each row until it returns false.
    func readRows(of query: SQL, while body: (StatementColumns) throws -> Bool) throws {
        try prepared(query).readRows(self, while: body)
    }

    /// The values that `read` returns for each row. `read` must not run a query.
    func rows<Value>(of query: SQL, _ read: (StatementColumns) throws -> Value) throws -> [Value] {
        var values: [Value] = []
        try cached(query).forEachRow(self) { values.append(try read($0)) }
        return values
    }

    /// The value that `read` returns for the first row; `nil` if there is none. `read` must not run a query.
    func firstRow<Value>(of query: SQL, _ read: (StatementColumns) throws -> Value) throws -> Value? {
        try cached(query).firstRow(self, read)
    }

    /// Whether a query returns a row.
    func hasRow(_ query: SQL) throws -> Bool { try firstRow(of: query) { _ in true } ?? false }

    /// The result of a counting query.
    func count(_ query: SQL) throws -> Int { try firstRow(of: query) { try $0.count(0) } ?? 0 }

    private func prepared(_ query: SQL) throws -> Statement {
        let (sql, arguments) = try query.build(self)
        let statement = try makeStatement(sql: sql)
        try statement.setArguments(arguments)
        return statement
    }

    private func cached(_ query: SQL) throws -> Statement {
        let (sql, arguments) = try query.build(self)
        let statement = try cachedStatement(sql: sql)
        try statement.setArguments(arguments)
        return statement
    }
}

import GRDB

/// How queries are read: values stand in them as `\(value)` and are bound. Not by GRDB's rows, whose subscript ends the process at
/// a value of another type.
extension Database {
    /// Runs a query and hands over each row.
    func forEachRow(of query: SQL, _ body: (StatementColumns) throws -> Void) throws {
        try prepared(query).forEachRow(self, body)
    }

    /// The same until `body` says that it has seen enough.
    func readRows(of query: SQL, while body: (StatementColumns) throws -> Bool) throws {
        try prepared(query).readRows(self, while: body)
    }

    /// What is read of each row. `read` runs no query.
    func rows<Value>(of query: SQL, _ read: (StatementColumns) throws -> Value) throws -> [Value] {
        var values: [Value] = []
        try cached(query).forEachRow(self) { values.append(try read($0)) }
        return values
    }

    /// What is read of the first row; `nil` if there is none. `read` runs no query.
    func firstRow<Value>(of query: SQL, _ read: (StatementColumns) throws -> Value) throws -> Value? {
        try cached(query).firstRow(self, read)
    }

    /// Whether a query has a row.
    func hasRow(_ query: SQL) throws -> Bool { try firstRow(of: query) { _ in true } ?? false }

    /// The one number of a query that counts.
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

import GRDB

/// An SQLite file, read and changed as another program would.
package struct SQLiteFile: Sendable {
    package let path: String

    package init(_ path: String) { self.path = path }

    /// The rows of a query: each a line of values separated by `|`, with nothing for NULL.
    package func rows(_ query: String) throws -> [String] {
        var configuration = Configuration()
        configuration.readonly = true
        return try DatabaseQueue(path: path, configuration: configuration).read { db in
            try Row.fetchAll(db, sql: query).map { row in
                row.databaseValues.map { $0.isNull ? "" : String.fromDatabaseValue($0) ?? "\($0.storage.value ?? "")" }
                    .joined(separator: "|")
            }
        }
    }

    /// Runs statements, each in a transaction of its own. Waits up to 10 s for another program.
    package func execute(_ statements: String, _ arguments: StatementArguments = StatementArguments()) throws {
        var configuration = Configuration()
        configuration.busyMode = .timeout(10)
        try DatabaseQueue(path: path, configuration: configuration).writeWithoutTransaction {
            try $0.execute(sql: statements, arguments: arguments)
        }
    }
}

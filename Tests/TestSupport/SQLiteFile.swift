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

    /// Runs statements, each in a transaction of its own. Waits up to 10 s for another program. A history's append-only triggers let them
    /// through, as they do for somebody who knows how.
    package func execute(_ statements: String, _ arguments: StatementArguments = StatementArguments()) throws {
        var configuration = Configuration()
        configuration.busyMode = .timeout(10)
        try DatabaseQueue(path: path, configuration: configuration).writeWithoutTransaction { db in
            let isHistory = try db.tableExists("amendment_under_way")
            if isHistory { try db.execute(sql: "INSERT INTO amendment_under_way (id) VALUES (1)") }
            defer { if isHistory { try? db.execute(sql: "DELETE FROM amendment_under_way") } }
            try db.execute(sql: statements, arguments: arguments)
        }
    }
}

import GRDB

/// Another program that holds a lock on a database.
final class DatabaseLock: Sendable {
    private let queue: DatabaseQueue

    init(of path: String) throws {
        var configuration = Configuration()
        configuration.allowsUnsafeTransactions = true
        configuration.busyMode = .timeout(5)
        queue = try DatabaseQueue(path: path, configuration: configuration)
    }

    func take(by statement: String = "BEGIN IMMEDIATE") throws {
        try queue.writeWithoutTransaction { try $0.execute(sql: statement) }
    }

    func release() throws { try queue.writeWithoutTransaction { try $0.execute(sql: "ROLLBACK") } }
}

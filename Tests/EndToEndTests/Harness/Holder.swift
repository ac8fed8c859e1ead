import GRDB

/// Another program that writes to a database, and takes its time.
final class Holder: Sendable {
    private let queue: DatabaseQueue

    init(of path: String) throws {
        var configuration = Configuration()
        configuration.allowsUnsafeTransactions = true
        configuration.busyMode = .timeout(5)
        queue = try DatabaseQueue(path: path, configuration: configuration)
    }

    func hold(by statement: String = "BEGIN IMMEDIATE") throws {
        try queue.writeWithoutTransaction { try $0.execute(sql: statement) }
    }

    func release() throws { try queue.writeWithoutTransaction { try $0.execute(sql: "ROLLBACK") } }
}

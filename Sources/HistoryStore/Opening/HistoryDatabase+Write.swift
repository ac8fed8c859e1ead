import GRDB
import GuestCustomization

extension HistoryDatabase {
    /// For how long a write waits while another process holds the database. In either case no longer once its task is cancelled.
    enum Patience {
        /// As long as the history was opened to wait: what is not done can be done again.
        case limited
        /// As long as it takes: what was polled cannot be polled again.
        case untilStopped
    }

    /// How long SQLite itself waits for another process that only writes what it has, as a collector does.
    private static let shortWait = Duration.milliseconds(250)
    private static let retryPause = Duration.milliseconds(100)

    /// Runs `body` on the database's queue, again and again as long as another process holds the database and there is patience.
    ///
    /// A task that is cancelled still tries once, since a run that is stopped has to be finished.
    func write<Value: Sendable>(
        _ attempt: String, waiting patience: Patience = .limited,
        _ body: @escaping @Sendable (Database) throws -> Value
    ) async throws -> Value {
        let start = clock.now()
        while true {
            do {
                return try await writeOnce(attempt, body)
            } catch let error as HistoryDatabaseError where error.code == .busy {
                let waited = clock.now() - start
                guard !Task.isCancelled, patience == .untilStopped || waited < busyTimeout else { throw error }
                whileHeld(waited)
                // Ends early when the task is cancelled; the write is then tried once more.
                try? await clock.sleep(for: Self.retryPause)
            }
        }
    }

    private func writeOnce<Value: Sendable>(
        _ attempt: String, _ body: @escaping @Sendable (Database) throws -> Value
    ) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            queue.asyncWriteWithoutTransaction { [path, recording, busyTimeout] db in
                continuation.resume(
                    with: Result {
                        // While SQLite waits, so does all that other runs of this process have to write.
                        let wait = recording.isHeldElsewhere ? .zero : min(busyTimeout, Self.shortWait)
                        Connection.setBusyTimeout(db, wait)
                        do {
                            let finding = { StoredTable.firstFault(db) }
                            let value = try HistoryDatabaseError.mapped(attempt, path, finding: finding) {
                                let value = try body(db)
                                try Connection.requireInPlace(db, attempt, path)
                                return value
                            }
                            recording.isHeldElsewhere = false
                            return value
                        } catch {
                            recording.isHeldElsewhere = (error as? HistoryDatabaseError)?.code == .busy
                            throw error
                        }
                    })
            }
        }
    }
}

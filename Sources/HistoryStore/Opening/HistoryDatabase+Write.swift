import GRDB
import GuestCustomization

extension HistoryDatabase {
    /// How long a write waits while another process holds the database. In either case the wait ends when its task is cancelled.
    enum Patience {
        /// For the time-out given when the history was opened: the operation can be repeated later.
        case limited
        /// For as long as it takes: polls cannot be repeated.
        case untilStopped
    }

    /// How long SQLite itself waits for another process that writes briefly, as a collector does.
    private static let shortWait = Duration.milliseconds(250)
    private static let retryPause = Duration.milliseconds(100)

    /// Runs `body` on the database's queue, and retries while another process holds the database, for as long as `waiting` allows.
    ///
    /// A cancelled task still tries once, because a run that is stopped has to be finished.
    func write<Value: Sendable>(
        _ attempt: String, waiting patience: Patience = .limited,
        _ body: @escaping @Sendable (Database) throws -> Value
    ) async throws -> Value {
        let start = clock.now()
        while true {
            do {
                return try await writeOnce(attempt, body)
            } catch let error as HistoryError where error.code == .busy {
                let waited = clock.now() - start
                guard !Task.isCancelled, patience == .untilStopped || waited < busyTimeout else { throw error }
                whileHeld(waited)
                // The sleep ends early when the task is cancelled; the write is then tried once more.
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
                        // While SQLite waits, all other writes of this process wait too.
                        let wait = recording.isHeldElsewhere ? .zero : min(busyTimeout, Self.shortWait)
                        Connection.setBusyTimeout(db, wait)
                        do {
                            let finding = { StoredTable.firstFault(db) }
                            let value = try HistoryError.mapped(attempt, path, finding: finding) {
                                let value = try body(db)
                                try Connection.requireInPlace(db, attempt, path)
                                return value
                            }
                            recording.isHeldElsewhere = false
                            return value
                        } catch {
                            recording.isHeldElsewhere = (error as? HistoryError)?.code == .busy
                            throw error
                        }
                    })
            }
        }
    }
}

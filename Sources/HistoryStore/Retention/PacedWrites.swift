import GRDB
import GuestCustomization

/// Writes much in many short transactions, so that a collector beside it never waits for long.
struct PacedWrites {
    let history: HistoryDatabase
    /// Rows or pages that the first transaction may change.
    let firstLimit: Int
    private static let attempt = "prune"
    /// A transaction that takes longer is followed by smaller ones.
    private static let longest = Duration.milliseconds(100)
    /// The pause between two: longer than a process that waits for the lock sleeps between two attempts (`HistoryDatabase.write`).
    private static let pause = Duration.milliseconds(150)
    private static let (smallest, largest) = (16, 1 << 16)

    /// Runs `body` until it says that nothing is left.
    ///
    /// - Parameter body: Gets how many rows or pages it may change; returns whether something is left.
    func run(_ body: @escaping @Sendable (Database, _ limit: Int) throws -> Bool) async throws {
        var size = firstLimit
        while true {
            try Task.checkCancellation()
            let limit = size
            let (isLeft, took) = try await history.write(Self.attempt) {
                [recording = history.recording, clock = history.clock] db in
                var isLeft = false
                let start = clock.now()
                try recording.transaction(db) { isLeft = try body(db, limit) }
                return (isLeft, clock.now() - start)
            }
            guard isLeft else { return }
            if took > Self.longest { size = max(Self.smallest, size / 2) }
            if took < Self.longest / 4 { size = min(Self.largest, size * 2) }
            try await history.clock.sleep(for: Self.pause)
        }
    }

    /// Runs one transaction.
    func once(_ body: @escaping @Sendable (Database) throws -> Void) async throws {
        try await history.write(Self.attempt) { [recording = history.recording] db in
            try recording.transaction(db) { try body(db) }
        }
    }
}

import GRDB
import GuestCustomization

extension HistoryDatabase {
    /// Rebuilds everything that is derived from polls, answers and events, or, where polls were removed, from the baseline on: `customization`, `latest_answer`, `poll_span`, and which runs are regular.
    ///
    /// One transaction; takes about as long as recording the polls did. The metrics' totals stay as they are.
    ///
    /// - Parameter eventTolerance: How far apart events and polls may put the end of one customization from now on, of
    ///   `EventTolerance.allowed`; `nil` leaves that as it is (5 min at first).
    /// - Returns: How many customizations there are.
    /// - Throws: `HistoryError`.
    @discardableResult
    package func rebuildCustomizations(eventTolerance: Duration? = nil) async throws -> Int {
        try await write("rebuild the customizations of") { [recording] db in
            try recording.transaction(db) {
                if let eventTolerance { try EventTolerance.set(eventTolerance, db) }
                try Self.rebuildCustomizations(db)
            }
            recording.forgetRuns()
            return try db.count("SELECT count(*) FROM customization")
        }
    }

    /// Rebuilds them within the current transaction.
    static func rebuildCustomizations(_ db: Database) throws {
        try db.execute(sql: "CREATE TEMP TABLE counted AS SELECT * FROM main.finished_total")
        var rebuild = try Rebuild(db)
        try rebuild.run(db)
        try db.execute(
            sql: """
                DELETE FROM finished_total;
                INSERT INTO finished_total SELECT * FROM temp.counted;
                DROP TABLE temp.counted;
                """)
    }
}

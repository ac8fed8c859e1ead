import GRDB
import GuestCustomization

/// A row of `customization` on `Endpoint.events`.
struct EventCustomizationRow: Hashable {
    /// Row of `virtual_machine_endpoint`.
    var vme: Int64
    /// Row of the event that opened it: what identifies it.
    var event: Int64
    var outcome: CustomizationOutcome
    var start: Timestamp?
    var end: Timestamp?
    /// When its first event was created.
    var first: Timestamp
    /// When the event that ended it was created; `nil` if it has not ended, or nobody saw how.
    var ended: Timestamp?
    /// The latest instant at which its outcome was known.
    var last: Timestamp
    var answerID: Int64

    var item: SameCustomizations.Item { SameCustomizations.Item(outcome: outcome, start: start, end: end) }

    private static let columns = """
        virtual_machine_endpoint_id, identity_value, outcome, start_ms, end_ms, first_polled_ms, end_first_polled_ms, last_polled_ms,
        answer_id
        """

    /// Those of a VM that are stored, by their rows.
    static func stored(of vm: Int64, _ db: Database) throws -> [Int64: EventCustomizationRow] {
        let statement = try db.cachedStatement(
            sql: """
                SELECT u.id, \(columns) FROM customization AS u
                WHERE u.virtual_machine_endpoint_id = (SELECT id FROM virtual_machine_endpoint WHERE vm_id = ? AND endpoint_id = ?)
                """)
        statement.bind([.integer(vm), .integer(Endpoint.events.storedID)])
        var rows: [Int64: EventCustomizationRow] = [:]
        try statement.forEachRow(db) { row in
            rows[try row.id(0)] = EventCustomizationRow(
                vme: try row.id(1), event: try row.id(2), outcome: try row.word(3), start: try row.timestampOrNull(4),
                end: try row.timestampOrNull(5), first: try row.timestamp(6), ended: try row.timestampOrNull(7),
                last: try row.timestamp(8), answerID: try row.id(9))
        }
        return rows
    }

    /// Writes what differs; returns the rows of the new ones, in their order.
    static func replace(
        _ stored: [Int64: EventCustomizationRow], by new: [EventCustomizationRow], _ db: Database
    ) throws -> [Int64] {
        var known: [Int64: (id: Int64, row: EventCustomizationRow)] = [:]
        for (id, row) in stored { known[row.event] = (id, row) }
        let wanted = Set(new.map(\.event))
        for (event, entry) in known where !wanted.contains(event) {
            try db.cachedStatement(sql: "DELETE FROM customization WHERE id = ?").run([.integer(entry.id)], db)
        }
        return try new.map { row in
            guard let entry = known[row.event] else { return try row.insert(db) }
            if entry.row != row { try row.update(entry.id, db) }
            return entry.id
        }
    }

    private func insert(_ db: Database) throws -> Int64 {
        try db.cachedStatement(
            sql: """
                INSERT INTO customization (\(Self.columns), window_ms, identity_basis, polls) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'event', 0)
                """
        ).run(values, db)
        return db.lastInsertedRowID
    }

    private func update(_ id: Int64, _ db: Database) throws {
        try db.cachedStatement(
            sql: "UPDATE customization SET (\(Self.columns), window_ms) = (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) WHERE id = ?"
        ).run(values + [.integer(id)], db)
    }

    private var values: [ParameterValue] {
        [
            .integer(vme), .integer(event), .text(outcome.rawValue), .instant(start), .instant(end), .instant(first),
            .instant(ended), .instant(last), .integer(answerID), .instant(end ?? last),
        ]
    }
}

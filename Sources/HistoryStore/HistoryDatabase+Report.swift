import GRDB
import GuestCustomization

extension HistoryDatabase: ReportSource {
    public func forEachCustomization(
        since: Timestamp, matching filter: ReportFilter, _ body: (Customization) throws -> Void
    ) throws {
        try read("read the customizations of") { db in
            let request: SQLRequest<Row> = """
                \(Customization.rows)
                WHERE u.window_ms >= \(since) AND \(filter.sourceCondition(endpointOf: "m")) AND (\(filter.vmCondition))
                ORDER BY c.name, v.moid, u.window_ms, u.id
                """
            try request.makePreparedRequest(db).statement.forEachRow(db) { try body(Customization($0)) }
        }
    }

    public func forEachGoodRun(
        in window: ReportWindow, matching filter: ReportFilter, _ body: (String, Timestamp) throws -> Void
    ) throws {
        try read("read the collection runs of") { db in
            let request: SQLRequest<Row> = """
                SELECT c.name, r.started_ms FROM collection_run AS r JOIN vcenter AS c ON c.id = r.vcenter_id
                WHERE r.reported_polls > 0 AND r.started_ms >= \(window.since) AND r.started_ms < \(window.until)
                    AND \(filter.sourceCondition(endpointOf: "r"))
                """
            let rows = try request.fetchCursor(db)
            while let row = try rows.next() { try body(row[0], row[1]) }
        }
    }

    /// Reads in one transaction: what is read is the state of one instant, whatever a collection run adds meanwhile.
    func read<Value>(_ attempt: String, _ body: (Database) throws -> Value) throws -> Value {
        try HistoryDatabaseError.mapped(attempt, path) {
            let value = try queue.read(body)
            if isImmutable && Connection.hasLog(path) {
                throw HistoryDatabaseError(
                    .busy, "cannot \(attempt) \(path): it was opened for writing meanwhile; run it again")
            }
            return value
        }
    }
}

extension Customization {
    /// The rows that `init(_:)` reads; a query goes on with its conditions.
    static let rows: SQL = """
        SELECT c.name, v.moid, v.name, m.endpoint_id, u.outcome, a.status, u.start_ms, u.end_ms, u.end_first_polled_ms,
            u.first_polled_ms, iif(m.customization_id = u.id, m.last_reported_ms, u.last_polled_ms),
            iif(m.customization_id = u.id, m.polls, u.polls), a.error_id, a.error_message
        FROM customization AS u
        JOIN virtual_machine_endpoint AS m ON m.id = u.virtual_machine_endpoint_id
        JOIN virtual_machine AS v ON v.id = m.vm_id
        JOIN vcenter AS c ON c.id = v.vcenter_id
        JOIN answer AS a ON a.id = u.answer_id
        """

    init(_ row: StatementColumns) throws {
        guard let endpoint = Endpoint(storedID: row.integer(3)),
            let outcome = CustomizationOutcome(rawValue: try row.text(4))
        else {
            throw DatabaseError(resultCode: .SQLITE_CORRUPT, message: "a customization of unknown endpoint or outcome")
        }
        self.init(
            vCenter: try row.text(0), vm: try row.text(1), vmName: try row.text(2), endpoint: endpoint,
            outcome: outcome,
            status: CustomizationStatus(rawValue: try row.text(5)), startTime: row.timestampOrNull(6),
            endTime: row.timestampOrNull(7), endFirstPolledAt: row.timestampOrNull(8), firstPolledAt: row.timestamp(9),
            lastPolledAt: row.timestamp(10), polls: Int(row.integer(11)), errorID: row.textOrNull(12),
            errorMessage: row.textOrNull(13))
    }
}

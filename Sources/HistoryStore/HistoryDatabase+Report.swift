import GRDB
import GuestCustomization

extension HistoryDatabase: ReportSource {
    public func addCustomizations(
        since: Timestamp, matching filter: ReportFilter, to tally: inout some CustomizationTally
    ) throws {
        try read("read the customizations of") { db in
            let condition: SQL = "\(filter.sourceCondition(endpointOf: "m")) AND (\(filter.vmCondition))"
            try CustomizationReader(of: condition, db).add(since: since, to: &tally, db)
        }
    }

    public func forEachGoodRun(
        in window: ReportWindow, matching filter: ReportFilter, _ body: (String, Timestamp) throws -> Void
    ) throws {
        try read("read the collection runs of") { db in
            let request: SQLRequest<Row> = """
                SELECT c.id, r.started_ms, c.name FROM \(Self.runsBySource)
                WHERE r.reported_polls > 0 AND r.started_ms >= \(window.since) AND r.started_ms < \(window.until)
                    AND \(filter.sourceCondition(endpointOf: "r"))
                """
            var latest: (id: Int64, name: String)?
            try request.makePreparedRequest(db).statement.forEachRow(db) { row in
                let id = row.integer(0)
                if latest?.id != id { latest = (id, try row.text(2)) }
                if let latest { try body(latest.name, row.timestamp(1)) }
            }
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

import GRDB
import GuestCustomization

extension HistoryDatabase: ReportSource {
    package func addCustomizations(
        since: Timestamp, matching filter: ReportFilter, to tally: inout some CustomizationTally
    ) throws {
        try read("read the customizations of") { db in
            let condition: SQL = "\(filter.sourceCondition(endpointOf: "m")) AND (\(filter.vmCondition))"
            try CustomizationReader(of: condition, db).add(since: since, of: filter.endpoints, to: &tally, db)
        }
    }

    package func forEachGoodRun(
        in window: ReportWindow, matching filter: ReportFilter, _ body: (String, Timestamp) throws -> Void
    ) throws {
        try read("read the collection runs of") { db in
            let query: SQL = """
                SELECT c.id, r.started_ms, c.name FROM \(Self.runsBySource)
                WHERE r.reported_polls > 0 AND r.started_ms >= \(window.since) AND r.started_ms < \(window.until)
                    AND \(filter.sourceCondition(endpointOf: "r"))
                """
            var latest: (id: Int64, name: String)?
            try db.forEachRow(of: query) { row in
                let id = try row.id(0)
                if latest?.id != id { latest = (id, try row.text(2)) }
                if let latest { try body(latest.name, try row.timestamp(1)) }
            }
        }
    }

    /// Runs `body`; everything it reads from this history is the state at one instant, whatever a collection run adds meanwhile.
    package func atOneInstant<Value>(_ body: () throws -> Value) throws -> Value {
        try read("read") { _ in try body() }
    }

    /// Reads in one transaction; inside `atOneInstant` it is the one that is already open.
    func read<Value>(_ attempt: String, _ body: (Database) throws -> Value) throws -> Value {
        let finding = { [queue] in queue.unsafeReentrantRead { StoredTable.firstFault($0) } }
        return try HistoryError.mapped(attempt, path, finding: finding) {
            let value = try queue.unsafeReentrantRead { db in
                db.isInsideTransaction ? try body(db) : try Self.inReadTransaction(db) { try body(db) }
            }
            try Connection.requireUnopened(path, readAsImmutable: isImmutable, attempt)
            return value
        }
    }

    private static func inReadTransaction<Value>(_ db: Database, _ body: () throws -> Value) throws -> Value {
        try db.readOnly {
            try db.beginTransaction(.deferred)
            do {
                let value = try body()
                try db.commit()
                return value
            } catch {
                try? db.rollback()
                throw error
            }
        }
    }
}

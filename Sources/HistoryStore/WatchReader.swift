import GRDB
import GuestCustomization

/// Reads when the vCenters were watched in a window. Of each it looks at the runs in the window and at a few others, which the
/// index leads to, however long the history is.
struct WatchReader {
    var window: ReportWindow
    /// The window's end or now, whichever is earlier.
    var knownUntil: Timestamp
    var filter: ReportFilter

    /// How many of the latest runs tell what is usual between two.
    private static let recentRuns = 101

    /// Those that a run was begun on before `knownUntil`, by name.
    func read(_ db: Database) throws -> [WatchRecord] {
        let vCenters: SQLRequest<Row> = """
            SELECT c.id, c.name FROM vcenter AS c WHERE \(filter.vCenterCondition) ORDER BY c.name
            """
        return try vCenters.fetchAll(db).compactMap { try record(of: $0[0], name: $0[1], db) }
    }

    private func record(of vCenter: Int64, name: String, _ db: Database) throws -> WatchRecord? {
        var began = false
        var runs = 0
        var first: Timestamp?
        var before: Timestamp?
        var goodRuns: [Timestamp] = []
        var recent: [Timestamp] = []
        for endpoint in filter.endpoints.isEmpty ? Endpoint.allCases : filter.endpoints {
            let source: SQL = "collection_run WHERE vcenter_id = \(vCenter) AND endpoint_id = \(endpoint.storedID)"
            let good: SQL = "\(source) AND reported_polls > 0"
            func one<Value: DatabaseValueConvertible>(_ query: SQL) throws -> Value? {
                try (SQLRequest(literal: query) as SQLRequest<Value>).fetchOne(db)
            }
            func all(_ query: SQL) throws -> [Timestamp] {
                try (SQLRequest(literal: query) as SQLRequest<Timestamp>).fetchAll(db)
            }
            began = try began || one("SELECT EXISTS (SELECT 1 FROM \(source) AND started_ms < \(knownUntil))") == true
            runs +=
                try one(
                    "SELECT count(*) FROM \(source) AND started_ms >= \(window.since) AND started_ms < \(window.until)")
                ?? 0
            let firstHere: Timestamp? = try one(
                "SELECT started_ms FROM \(good) ORDER BY started_ms LIMIT 1")
            first = [first, firstHere].compactMap(\.self).min()
            let beforeHere: Timestamp? = try one(
                "SELECT started_ms FROM \(good) AND started_ms < \(window.since) ORDER BY started_ms DESC LIMIT 1")
            before = [before, beforeHere].compactMap(\.self).max()
            goodRuns += try all(
                "SELECT started_ms FROM \(good) AND started_ms >= \(window.since) AND started_ms < \(knownUntil)")
            recent += try all(
                """
                SELECT started_ms FROM \(good) AND started_ms < \(knownUntil)
                ORDER BY started_ms DESC LIMIT \(Self.recentRuns)
                """)
        }
        guard began else { return nil }
        return WatchRecord(
            vCenter: name, window: window, knownUntil: knownUntil, runs: runs, firstGoodRunAt: first,
            goodRuns: goodRuns.sorted(), before: before, recent: recent.sorted())
    }
}

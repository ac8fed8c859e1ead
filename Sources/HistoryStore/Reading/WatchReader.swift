import GRDB
import GuestCustomization

/// Reads when the vCenters were watched in a window. For each it reads the runs in the window and a few others, by the index, however
/// long the history is.
struct WatchReader {
    var window: ReportWindow
    /// The window's end or now, whichever is earlier.
    var knownUntil: Timestamp
    var filter: ReportFilter

    /// How many of the latest runs determine the usual interval between two.
    private static let recentRuns = 101

    /// When the first good run of all time began; `nil` if there is none.
    func firstGoodRun(_ db: Database) throws -> Timestamp? {
        try db.rows(of: "SELECT c.id FROM vcenter AS c WHERE \(filter.vCenterCondition)") { try $0.id(0) }
            .compactMap { try firstGoodRun(on: $0, db) }.min()
    }

    private func firstGoodRun(on vCenter: Int64, _ db: Database) throws -> Timestamp? {
        try endpoints.compactMap { endpoint in
            try db.firstRow(
                of: """
                    SELECT started_ms FROM collection_run
                    WHERE vcenter_id = \(vCenter) AND endpoint_id = \(endpoint.storedID) AND reported_polls > 0
                    ORDER BY started_ms LIMIT 1
                    """
            ) { try $0.timestamp(0) }
        }.min()
    }

    private var endpoints: [Endpoint] { filter.endpoints.isEmpty ? Endpoint.polled : filter.endpoints }

    /// The vCenters on which a run began before `knownUntil`, ordered by name.
    func read(_ db: Database) throws -> [WatchRecord] {
        try db.rows(of: "SELECT c.id, c.name FROM vcenter AS c WHERE \(filter.vCenterCondition) ORDER BY c.name") {
            (id: try $0.id(0), name: try $0.text(1))
        }.compactMap { try record(of: $0.id, name: $0.name, db) }
    }

    private func record(of vCenter: Int64, name: String, _ db: Database) throws -> WatchRecord? {
        var firstRunAt: Timestamp?
        var runs = 0
        var before: Timestamp?
        var goodRuns: [Timestamp] = []
        var recent: [Timestamp] = []
        for endpoint in endpoints {
            let source: SQL = "collection_run WHERE vcenter_id = \(vCenter) AND endpoint_id = \(endpoint.storedID)"
            let good: SQL = "\(source) AND reported_polls > 0"
            func all(_ query: SQL) throws -> [Timestamp] { try db.rows(of: query) { try $0.timestamp(0) } }
            firstRunAt = try
                ([firstRunAt].compactMap(\.self)
                + all("SELECT started_ms FROM \(source) AND started_ms < \(knownUntil) ORDER BY started_ms LIMIT 1"))
                .min()
            runs += try db.count(
                "SELECT count(*) FROM \(source) AND started_ms >= \(window.since) AND started_ms < \(window.until)")
            let beforeHere = try all(
                "SELECT started_ms FROM \(good) AND started_ms < \(window.since) ORDER BY started_ms DESC LIMIT 1")
            before = ([before].compactMap(\.self) + beforeHere).max()
            goodRuns += try all(
                "SELECT started_ms FROM \(good) AND started_ms >= \(window.since) AND started_ms < \(knownUntil)")
            recent += try all(
                """
                SELECT started_ms FROM \(good) AND started_ms < \(knownUntil)
                ORDER BY started_ms DESC LIMIT \(Self.recentRuns)
                """)
        }
        guard let firstRunAt else { return nil }
        var record = WatchRecord(
            vCenter: name, window: window, knownUntil: knownUntil, runs: runs,
            firstGoodRunAt: try firstGoodRun(on: vCenter, db),
            goodRuns: goodRuns.sorted(), before: before, recent: recent.sorted())
        record.row = VCenterRow(rawValue: vCenter)
        record.firstRunAt = firstRunAt
        record.toldByEvents = try toldByEvents(on: vCenter, db)
        return record
    }

    /// If all events were read that the vCenter had, the first one tells from when on; each run read them in order.
    private func toldByEvents(on vCenter: Int64, _ db: Database) throws -> ReportWindow? {
        let read: SQL = """
            SELECT ifnull(complete_since_ms, (
                SELECT min((
                    SELECT ifnull(a.start_ms, a.end_ms) FROM event AS e JOIN answer AS a ON a.id = e.answer_id
                    WHERE e.run_id = r.id ORDER BY e.id LIMIT 1
                )) FROM collection_run AS r WHERE r.vcenter_id = \(vCenter) AND r.endpoint_id = \(Endpoint.events.storedID)
            )), read_ms FROM event_reading WHERE vcenter_id = \(vCenter)
            """
        guard let (since, until) = try db.firstRow(of: read, { (try $0.timestampOrNull(0), try $0.timestamp(1)) }),
            let since, since < until
        else { return nil }
        return ReportWindow(since: since, until: until)
    }
}

import GRDB
import GuestCustomization

/// A run that has begun and not ended, beside those before it.
public struct RunUnderWay: Hashable, Sendable {
    public var startedAt: Timestamp
    /// How long the latest runs of its vCenter and endpoint took that went to their end, at most three, in seconds.
    public var earlierSeconds: [Double]

    /// Seconds that three runs of its kind take; an hour where there is none to tell.
    public var threeRunsSeconds: Double {
        earlierSeconds.isEmpty ? 3600 : 3 * earlierSeconds.reduce(0, +) / Double(earlierSeconds.count)
    }
}

extension HistoryDatabase {
    /// The run of a vCenter that is under way; `nil` if there is none.
    public func runUnderWay(at vCenter: String) async throws -> RunUnderWay? {
        try await write("look for the run under way in") { db in
            guard
                let row = try Row.fetchOne(
                    db,
                    sql: """
                        SELECT r.id, r.vcenter_id, r.endpoint_id, r.started_ms
                        FROM collection_run AS r JOIN vcenter AS c ON c.id = r.vcenter_id
                        WHERE c.name = ? AND r.outcome = 'running' ORDER BY r.id DESC LIMIT 1
                        """, arguments: [vCenter.storable])
            else { return nil }
            let id: Int64 = row[0]
            let vCenterID: Int64 = row[1]
            let endpointID: Int64 = row[2]
            let earlier = try Double.fetchAll(
                db,
                sql: """
                    SELECT (finished_ms - started_ms) / 1000.0 FROM collection_run
                    WHERE vcenter_id = ? AND endpoint_id = ? AND id < ? AND finished_ms >= started_ms
                        AND (outcome = 'complete' OR outcome = 'partial')
                    ORDER BY id DESC LIMIT 3
                    """, arguments: [vCenterID, endpointID, id])
            return RunUnderWay(startedAt: row[3], earlierSeconds: earlier)
        }
    }
}

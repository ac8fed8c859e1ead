import GRDB
import GuestCustomization

/// A run that has begun but not ended, with the durations of earlier runs.
package struct RunUnderWay: Hashable, Sendable {
    /// When it began, by this program's clock.
    package var startedAt: Timestamp
    /// The durations of the latest runs of its vCenter and endpoint that were not cut short, at most three, in seconds.
    package var earlierSeconds: [Double]

    /// The time that three such runs take, in seconds; an hour if there are no earlier runs.
    package var threeRunsSeconds: Double {
        earlierSeconds.isEmpty ? 3600 : 3 * earlierSeconds.reduce(0, +) / Double(earlierSeconds.count)
    }
}

extension HistoryDatabase {
    /// The run of a vCenter that is under way; `nil` if there is none.
    package func runUnderWay(at vCenter: String) async throws -> RunUnderWay? {
        try await write("look for the run under way in") { db in
            let run = try db.firstRow(
                of: """
                    SELECT r.id, r.vcenter_id, r.endpoint_id, r.started_ms
                    FROM collection_run AS r JOIN vcenter AS c ON c.id = r.vcenter_id
                    WHERE c.name = \(vCenter.storable) AND r.outcome = 'running' AND r.endpoint_id <> \(Endpoint.events.storedID)
                    ORDER BY r.id DESC LIMIT 1
                    """
            ) { (id: try $0.id(0), vCenterID: try $0.id(1), endpointID: try $0.id(2), startedAt: try $0.timestamp(3)) }
            guard let run else { return nil }
            let earlier = try db.rows(
                of: """
                    SELECT finished_ms - started_ms FROM collection_run
                    WHERE vcenter_id = \(run.vCenterID) AND endpoint_id = \(run.endpointID) AND id < \(run.id)
                        AND finished_ms >= started_ms AND (outcome = 'complete' OR outcome = 'partial')
                    ORDER BY id DESC LIMIT 3
                    """
            ) { try $0.spanSecondsOrNull(0) }
            return RunUnderWay(startedAt: run.startedAt, earlierSeconds: earlier.compactMap(\.self))
        }
    }
}

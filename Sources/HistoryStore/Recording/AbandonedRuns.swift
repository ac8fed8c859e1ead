import GRDB
import GuestCustomization

/// Runs that never ended, because their process was killed or lost the database.
struct AbandonedRuns {
    let vCenterID: Int64
    let endpointIDs: [Int64]

    /// - Parameter endpoints: Those which this process has claimed, and at which no run of its own has begun.
    init(of vCenterID: Int64, at endpoints: [Endpoint] = Endpoint.allCases) {
        self.vCenterID = vCenterID
        endpointIDs = endpoints.map(\.storedID)
    }

    /// Marks them as interrupted, and seals them.
    func end(_ recording: Recording, _ db: Database) throws {
        let runs = try db.rows(
            of: """
                UPDATE collection_run
                SET outcome = 'interrupted', failure = 'it never ended: its process was killed, or lost the database'
                WHERE vcenter_id = \(vCenterID) AND endpoint_id IN \(endpointIDs) AND outcome = 'running'
                RETURNING id, endpoint_id
                """
        ) { (id: try $0.id(0), endpointID: try $0.id(1)) }
        for run in runs.sorted(by: { $0.id < $1.id }) {
            try PollSpans(vCenterID: vCenterID, endpointID: run.endpointID).end(run.id, db)
            try EventFold.take(run.id, db)
            try sealIfPossible(run.id, db)
            recording.close(CollectionRunID(rawValue: run.id))
        }
    }

    /// A run that was damaged stays without a seal, and `verify` names it: later runs must not be lost for it.
    private func sealIfPossible(_ run: Int64, _ db: Database) throws {
        try db.execute(sql: "SAVEPOINT seal")
        do {
            try SealedRun.seal(run, db)
        } catch is StoredValueFault {
            try db.execute(sql: "ROLLBACK TO seal")
        }
        try db.execute(sql: "RELEASE seal")
    }
}

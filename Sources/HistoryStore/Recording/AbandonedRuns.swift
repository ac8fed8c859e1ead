import GRDB
import GuestCustomization

/// Runs that never ended, because their process was killed or lost the database.
struct AbandonedRuns {
    let vCenterID: Int64
    let endpointID: Int64?

    /// - Parameter endpoint: `nil` for all endpoints; only while this process has claimed the vCenter and no run of its own has begun.
    init(of vCenterID: Int64, at endpoint: Endpoint? = nil) {
        self.vCenterID = vCenterID
        endpointID = endpoint?.storedID
    }

    /// Marks them as interrupted, and seals them.
    func end(_ recording: Recording, _ db: Database) throws {
        let runs = try db.rows(
            of: """
                UPDATE collection_run
                SET outcome = 'interrupted', failure = 'it never ended: its process was killed, or lost the database'
                WHERE vcenter_id = \(vCenterID) AND (\(endpointID) IS NULL OR endpoint_id = \(endpointID)) AND outcome = 'running'
                RETURNING id, endpoint_id
                """
        ) { (id: try $0.id(0), endpointID: try $0.id(1)) }
        for run in runs.sorted(by: { $0.id < $1.id }) {
            try PollSpans(vCenterID: vCenterID, endpointID: run.endpointID).end(run.id, db)
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

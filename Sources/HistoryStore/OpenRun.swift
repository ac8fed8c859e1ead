import GRDB
import GuestCustomization

/// A collection run that this process records, with the VMs it has met.
final class OpenRun {
    let id: CollectionRunID
    let vCenterID: Int64
    let endpointID: Int64
    let startedAt: Timestamp
    /// Position in `tracked` by managed object id.
    private var positions: [String: Int] = [:]
    private(set) var tracked: [TrackedVM] = []

    /// Takes up the run that is open under this number; throws `runEnded` if there is none.
    init(_ id: CollectionRunID, path: String, _ db: Database) throws {
        guard
            let row = try Row.fetchOne(
                db,
                sql:
                    "SELECT vcenter_id, endpoint_id, started_ms FROM collection_run WHERE id = ? AND outcome = 'running'",
                arguments: [id.rawValue])
        else { throw HistoryDatabaseError.runEnded(id, path) }
        self.id = id
        vCenterID = row[0]
        endpointID = row[1]
        startedAt = row[2]
    }

    /// Position of a VM in `tracked`. One that no listing has shown is taken in too, so that its poll is not lost.
    func position(of moid: String, _ db: Database) throws -> Int {
        if let position = positions[moid] { return position }
        let vm = try TrackedVM(moid: moid.storable, vCenterID: vCenterID, endpointID: endpointID, db)
        tracked.append(vm)
        positions[moid] = tracked.count - 1
        return tracked.count - 1
    }

    /// Takes in every VM met in earlier runs, before a listing of many of them is recorded.
    func takeUpKnown(_ db: Database) throws {
        try TrackedVM.forEach(vCenterID: vCenterID, endpointID: endpointID, db) { moid, vm in
            guard positions[moid] == nil else { return }
            positions[moid] = tracked.count
            tracked.append(vm)
        }
    }

    /// Sorts positions by their VMs' rows.
    func sortByVM(_ order: inout [(position: Int, index: Int)]) {
        tracked.withUnsafeBufferPointer { tracked in
            order.sort { tracked[$0.position].vmID < tracked[$1.position].vmID }
        }
    }

    /// Changes a VM in its place.
    func update(_ position: Int, _ body: (inout TrackedVM) throws -> Void) rethrows {
        try body(&tracked[position])
    }

    /// Forgets what was read, after a transaction that was rolled back.
    func forget() {
        positions = [:]
        tracked = []
    }
}

extension HistoryDatabaseError {
    static func runEnded(_ run: CollectionRunID, _ path: String) -> HistoryDatabaseError {
        HistoryDatabaseError(
            .runEnded,
            "cannot add to collection run \(run.rawValue) in \(path): it has ended; a later run of the same vCenter and endpoint has begun, or this one was finished"
        )
    }
}

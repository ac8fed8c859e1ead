import GRDB
import GuestCustomization

/// A collection run that this process records, with the VMs it has seen.
final class OpenRun {
    let id: CollectionRunID
    let vCenterID: Int64
    let endpointID: Int64
    let startedAt: Timestamp
    var identities: VirtualMachineIdentities { VirtualMachineIdentities(vCenterID: vCenterID) }
    /// Position in `tracked` by managed object id. Here and below, 32-bit integers keep more of them in the CPU cache.
    private var positions: [String: Int32] = [:]
    /// Rows of `virtual_machine_endpoint`, at the same positions.
    private var rows: [Int64] = []
    private(set) var tracked: [TrackedVM] = []
    /// The number of rows of `poll_block` for each block, and the VMs that this run has polled: as the database had them when VMs were
    /// read. `nil` until then.
    private var written: (parts: [Int64: Int64], rows: Set<Int64>)?
    private var table: PollBlockTable { PollBlockTable(runID: id.rawValue) }
    var spans: PollSpans { PollSpans(vCenterID: vCenterID, endpointID: endpointID) }

    /// Resumes the open run with this id; throws `runEnded` if there is none.
    init(_ id: CollectionRunID, path: String, _ db: Database) throws {
        let run = try db.firstRow(
            of: """
                SELECT vcenter_id, endpoint_id, started_ms FROM collection_run WHERE id = \(id.rawValue) AND outcome = 'running'
                """
        ) { (vCenterID: try $0.id(0), endpointID: try $0.id(1), startedAt: try $0.timestamp(2)) }
        guard let run else { throw HistoryDatabaseError.runEnded(id, path) }
        self.id = id
        (vCenterID, endpointID, startedAt) = run
    }

    /// Position of a VM in `tracked`. A VM that no listing has shown is added too, so that its poll is not lost.
    func position(of moid: String, _ db: Database) throws -> Int {
        if let position = positions[moid] { return Int(position) }
        let vm = try TrackedVM(moid: moid.storable, vCenterID: vCenterID, endpointID: endpointID, db)
        add(vm, moid: moid, polled: try polledRows(db))
        return tracked.count - 1
    }

    private func add(_ vm: TrackedVM, moid: String, polled: Set<Int64>) {
        var vm = vm
        vm.isPolled = polled.contains(vm.id)
        positions[moid] = Int32(tracked.count)
        tracked.append(vm)
        rows.append(vm.id)
    }

    private func polledRows(_ db: Database) throws -> Set<Int64> {
        if let written { return written.rows }
        let written = (parts: try table.parts(db), rows: try table.polledRows(db))
        self.written = written
        return written.rows
    }

    /// Loads every VM seen in earlier runs, before a listing of many VMs is recorded.
    ///
    /// - Parameter count: The expected number of VMs.
    func takeUpKnown(_ count: Int, _ db: Database) throws {
        positions.reserveCapacity(count)
        rows.reserveCapacity(count)
        tracked.reserveCapacity(count)
        let polled = try polledRows(db)
        try TrackedVM.forEach(vCenterID: vCenterID, endpointID: endpointID, db) { moid, vm in
            if positions[moid] == nil { add(vm, moid: moid, polled: polled) }
        }
    }

    /// Notes that a VM is gone whose latest answer showed a customization under way.
    ///
    /// - Parameter row: Row of `virtual_machine_endpoint`.
    func lose(_ row: Int64) {
        if let position = rows.firstIndex(of: row) { tracked[position].isLost = true }
    }

    struct Entry {
        let row: Int64
        /// Index of the poll in its batch.
        let index: Int32
        /// Position of the VM in `tracked`.
        let position: Int32
    }

    /// The polls of a batch in the order of their VMs' rows.
    func order(of batch: [Poll], _ db: Database) throws -> [Entry] {
        var order: [Entry] = []
        order.reserveCapacity(batch.count)
        let known = positions
        for index in batch.indices {
            let position = try known[batch[index].vm] ?? Int32(position(of: batch[index].vm, db))
            order.append(Entry(row: rows[Int(position)], index: Int32(index), position: position))
        }
        order.sort { $0.row < $1.row }
        return order
    }

    /// Changes VMs in place.
    func withTracked(_ body: (UnsafeMutableBufferPointer<TrackedVM>) throws -> Void) rethrows {
        try tracked.withUnsafeMutableBufferPointer { try body($0) }
    }

    /// Writes when polls were sent, ordered by their rows.
    func append(_ entries: [PollBlock.Entry], _ db: Database) throws {
        _ = try polledRows(db)
        guard var parts = written?.parts else { return }
        written?.parts = [:]
        try table.append(entries, parts: &parts, db)
        written?.parts = parts
    }

    /// Discards what was read, after a transaction was rolled back.
    func forget() {
        positions = [:]
        rows = []
        tracked = []
        written = nil
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

import GRDB
import GuestCustomization

/// A collection run that this process records, with the VMs it has seen.
final class OpenRun {
    let id: CollectionRunID
    let vCenterID: Int64
    let endpointID: Int64
    let startedAt: Timestamp
    var identities: VirtualMachineIdentities { VirtualMachineIdentities(vCenterID: vCenterID) }
    private var positions = TrackedPositions()
    /// Rows of `virtual_machine_endpoint`, at the same positions.
    private var rows: [Int64] = []
    private(set) var tracked: [TrackedVM] = []
    /// The VMs that this run had polled when the first was added to `tracked`; `nil` before that.
    private var polledBefore: Set<Int64>?
    /// How many rows of `poll_block` each block has; `nil` before they are counted.
    private var parts: [Int64: Int64]?
    private var table: PollBlockTable { PollBlockTable(runID: id.rawValue) }
    var spans: PollSpans { PollSpans(vCenterID: vCenterID, endpointID: endpointID) }

    /// Resumes the open run with this id; throws `runEnded` if there is none.
    init(_ id: CollectionRunID, path: String, _ db: Database) throws {
        let run = try db.firstRow(
            of: """
                SELECT vcenter_id, endpoint_id, started_ms FROM collection_run WHERE id = \(id.rawValue) AND outcome = 'running'
                """
        ) { (vCenterID: try $0.id(0), endpointID: try $0.id(1), startedAt: try $0.timestamp(2)) }
        guard let run else { throw HistoryError.runEnded(id, path) }
        self.id = id
        (vCenterID, endpointID, startedAt) = run
    }

    /// Position of a VM in `tracked`. A VM that no listing has shown is added too, so that its poll is not lost.
    func position(of moid: String, _ db: Database) throws -> Int {
        if let position = positions.of(moid) { return Int(position) }
        let vm = try TrackedVM(moid: moid.storable, vCenterID: vCenterID, endpointID: endpointID, db)
        try add(vm, moid: moid, db)
        return tracked.count - 1
    }

    private func add(_ vm: TrackedVM, moid: String, _ db: Database) throws {
        let polled = try polledBefore ?? table.polledRows(db)
        polledBefore = polled
        var vm = vm
        vm.isPolled = polled.contains(vm.id)
        positions.set(Int32(tracked.count), of: moid)
        tracked.append(vm)
        rows.append(vm.id)
    }

    /// Loads every VM seen in earlier runs, before a listing of many VMs is recorded.
    ///
    /// - Parameter count: The expected number of VMs.
    func takeUpKnown(_ count: Int, _ db: Database) throws {
        positions.reserveCapacity(count)
        rows.reserveCapacity(count)
        tracked.reserveCapacity(count)
        try TrackedVM.forEach(vCenterID: vCenterID, endpointID: endpointID, db) { moid, vm in
            if positions.of(moid) == nil { try add(vm, moid: moid, db) }
        }
    }

    /// Notes that VMs are gone whose latest answers showed a customization under way.
    ///
    /// - Parameter lost: Rows of `virtual_machine_endpoint`.
    func lose(_ lost: Set<Int64>) {
        for position in rows.indices where lost.contains(rows[position]) { tracked[position].isLost = true }
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
            let position = try known.of(batch[index].vm) ?? Int32(position(of: batch[index].vm, db))
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
        var parts = try self.parts ?? table.parts(db)
        // One owner, so that it is changed in place.
        self.parts = nil
        try table.append(entries, parts: &parts, db)
        self.parts = parts
    }

    /// Discards what was read, after a transaction was rolled back.
    func forget() {
        positions = TrackedPositions()
        rows = []
        tracked = []
        polledBefore = nil
        parts = nil
    }
}

extension HistoryError {
    static func runEnded(_ run: CollectionRunID, _ path: String) -> HistoryError {
        HistoryError(
            .runEnded,
            "cannot add to collection run \(run.rawValue) in \(path): it has ended; a later run of the same vCenter and endpoint has begun, or this one was finished"
        )
    }
}

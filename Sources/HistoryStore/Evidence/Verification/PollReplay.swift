import GRDB
import GuestCustomization
import HistoryEvidence

/// Reads the polls of runs, in the order of the runs, without the views: a query for each run would take three times as long.
struct PollReplay {
    private struct VM {
        var moid: String
        var vCenterID: Int64
        var endpointID: Int64
        var changes: AnswerChanges
        var answerID: Int64?
        var digest: AnswerDigest?
        /// What it is called in the sealed records of each tree, from which leaf on.
        var names: [(tree: Int64, leaf: Int, name: String, instanceUUID: String?)] = []
    }

    private var vms: [VM] = []
    /// Positions in `vms`, which is ordered by managed object id, by the row of `virtual_machine_endpoint`.
    private var positions: [Int64: Int32] = [:]
    /// The instants of one run's polls, at the same positions.
    private var instants: [Int64?] = []

    init(_ db: Database) throws {
        var changes = try AnswerChanges.read(db)
        let query: SQL = """
            SELECT m.id, m.vm_id, v.moid, v.vcenter_id, m.endpoint_id FROM virtual_machine_endpoint AS m
            JOIN virtual_machine AS v ON v.id = m.vm_id ORDER BY v.moid
            """
        var places: [Int64: [Int]] = [:]
        try db.forEachRow(of: query) { row in
            let id = try row.id(0)
            positions[id] = Int32(vms.count)
            places[try row.id(1), default: []].append(vms.count)
            vms.append(
                VM(
                    moid: try row.text(2), vCenterID: try row.id(3), endpointID: try row.id(4),
                    changes: changes.removeValue(forKey: id) ?? AnswerChanges()))
        }
        instants = Array(repeating: nil, count: vms.count)
        let names: SQL = "SELECT vm_id, tree_id, leaf, name, instance_uuid FROM sealed_name ORDER BY 1, 2, 3"
        try db.forEachRow(of: names) { row in
            let name = (try row.id(1), try row.count(2), try row.text(3), try row.textOrNull(4))
            for place in places[try row.id(0)] ?? [] { vms[place].names.append(name) }
        }
    }

    /// The number of a run's polls, and the tree over them.
    ///
    /// - Parameters:
    ///   - source: The run's rows of `vcenter` and `endpoint`.
    ///   - seal: That of the run; `nil` if it has none, and then the tree is empty.
    mutating func polls(
        of run: Int64, source: (vCenter: Int64, endpoint: Int64), poll: PollRecord, at seal: (tree: Int64, leaf: Int)?,
        _ db: Database
    ) throws -> (count: Int, tree: MerkleTree) {
        let touched = try read(run, source, db)
        defer { for position in touched { instants[position] = nil } }
        var (poll, tree) = (poll, MerkleTree())
        for position in touched.sorted() {
            let answerID = try vms[position].changes.answer(in: run)
            if vms[position].answerID != answerID {
                vms[position].answerID = answerID
                vms[position].digest = try Self.digest(of: answerID, db)
            }
            guard let seal, let digest = vms[position].digest, let instant = instants[position] else { continue }
            guard let name = vms[position].names.last(where: { $0.tree == seal.tree && $0.leaf <= seal.leaf }) else {
                throw StoredValueFault(complaint: "lacks the name of a VM that was polled")
            }
            (poll.vm, poll.name, poll.instanceUUID) = (vms[position].moid, name.name, name.instanceUUID)
            poll.polledAt = instant
            tree.append(.leaf(digest.withUnsafeBytes { poll.bytes(answer: $0) }))
        }
        return (touched.count, tree)
    }

    /// Reads when VMs were polled; returns their positions.
    private mutating func read(
        _ run: Int64, _ source: (vCenter: Int64, endpoint: Int64), _ db: Database
    ) throws -> [Int] {
        var touched: [Int] = []
        try PollBlockTable(runID: run).forEachPoll(db) { entry in
            guard let position = positions[entry.row].map(Int.init),
                vms[position].vCenterID == source.vCenter, vms[position].endpointID == source.endpoint
            else { throw Discrepancy("a poll was added: its VM is not one of the run's vCenter") }
            guard instants[position] == nil else {
                throw Discrepancy("a poll of \(vms[position].moid.shownFromFile) was added")
            }
            instants[position] = entry.milliseconds
            touched.append(position)
        }
        return touched
    }

    private static func digest(of answerID: Int64, _ db: Database) throws -> AnswerDigest {
        let statement = try db.cachedStatement(sql: "SELECT sha256 FROM answer WHERE id = ?")
        statement.bind([.integer(answerID)])
        guard let digest = try statement.firstRow(db, { try $0.digest(0) }) else {
            throw Discrepancy("an answer was removed")
        }
        return digest
    }
}

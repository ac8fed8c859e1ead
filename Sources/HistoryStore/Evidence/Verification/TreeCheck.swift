import Foundation
import GRDB
import GuestCustomization
import HistoryEvidence

/// Checks that the leaves of a tree are complete and hash to its nodes.
struct TreeCheck {
    /// A leaf that seals a run.
    struct SealedRecord {
        var tree: HistoryTree
        var leaf: Int
        /// The run's number in the history that recorded it.
        var number: Int64
        var hash: MerkleHash
        var vCenter: String
        var vCenterUUID: String?
    }

    /// A change of what was recorded, as far as other checks need it.
    struct SealedAmendment {
        var leaf: Int
        var kind: AmendmentRecord.Kind
        var from: String?
        var into: String?
        /// What is said of another tree, by its UUID.
        var origin: String?
        var size: Int?
        var root: MerkleHash?
    }

    /// The members of either record.
    private struct Members: Decodable {
        var tree: String
        var run: Int64?
        var vcenter: String?
        var vcenter_uuid: String?
        var amendment: String?
        var from: String?
        var into: String?
        var origin: String?
        var size: Int?
        var root: String?
    }

    let tree: HistoryTree
    let uuid: String
    private(set) var size = 0
    /// Rows of `collection_run`.
    private(set) var runs: [Int64: SealedRecord] = [:]
    private(set) var amendments: [SealedAmendment] = []
    /// The instance UUID of each vCenter of which runs are sealed or were adopted, by its present name.
    private(set) var vCenters: [String: String?] = [:]
    /// The roots at the sizes that were asked for.
    private(set) var roots: [Int: MerkleHash] = [:]

    /// - Parameter sizes: The sizes at which a root is expected.
    init(_ tree: HistoryTree, rootsAt sizes: Set<Int>, _ db: Database) throws {
        self.tree = tree
        uuid = try tree.uuid(db)
        var merkle = MerkleTree()
        var nodes = 0
        if sizes.contains(0) { roots[0] = merkle.root }
        let query: SQL = "SELECT leaf, run_id, record FROM seal WHERE tree_id = \(tree.id) ORDER BY leaf"
        try db.forEachRow(of: query) { row in
            let leaf = try row.count(0)
            guard leaf == merkle.size else { throw Discrepancy("seal \(merkle.size) was removed") }
            let text = try row.text(2)
            let leafHash = MerkleHash.leaf(Array(text.utf8))
            try merkle.append(leafHash) { level, position, hash in
                nodes += 1
                guard try tree.storedNode(level, position, db) == hash else {
                    throw Discrepancy("seal \(leaf)\(try row.idOrNull(1).map { " of run \($0)" } ?? "") was altered")
                }
            }
            try take(text, leafHash, leaf, run: try row.idOrNull(1))
            if sizes.contains(merkle.size) { roots[merkle.size] = merkle.root }
        }
        size = merkle.size
        guard try db.count("SELECT count(*) FROM tree_node WHERE tree_id = \(tree.id)") == nodes else {
            throw Discrepancy("the last seals were removed: the tree has more nodes than seals")
        }
    }

    /// The members of a run's sealed record. They are read again when needed: there may be many runs.
    static func members(of sealed: SealedRecord, _ db: Database) throws -> [String: Any] {
        let text = try db.firstRow(
            of: "SELECT record FROM seal WHERE tree_id = \(sealed.tree.id) AND leaf = \(sealed.leaf)"
        ) { try $0.text(0) }
        return try members(of: Array((text ?? "").utf8))
    }

    /// The members of a run's record.
    static func members(of record: [UInt8]) throws -> [String: Any] {
        guard let members = try? JSONSerialization.jsonObject(with: Data(record)) as? [String: Any] else {
            throw Discrepancy("its seal is not the record of a run")
        }
        return members
    }

    private mutating func take(_ text: String, _ hash: MerkleHash, _ leaf: Int, run: Int64?) throws {
        guard let members = try? JSONDecoder().decode(Members.self, from: Data(text.utf8)) else {
            throw Discrepancy("seal \(leaf) is no record")
        }
        guard members.tree == uuid else { throw Discrepancy("the UUID of its tree was altered") }
        if let run {
            guard let vCenter = members.vcenter, let number = members.run else {
                throw Discrepancy("seal \(leaf) is not the record of a run")
            }
            runs[run] = SealedRecord(
                tree: tree, leaf: leaf, number: number, hash: hash, vCenter: vCenter, vCenterUUID: members.vcenter_uuid)
            vCenters[vCenter] = .some(members.vcenter_uuid)
        } else {
            guard let kind = members.amendment.flatMap(AmendmentRecord.Kind.init) else {
                throw Discrepancy("seal \(leaf) belongs to no run, and is not an amendment")
            }
            let amendment = SealedAmendment(
                leaf: leaf, kind: kind, from: members.from, into: members.into, origin: members.origin,
                size: members.size, root: members.root.flatMap(MerkleHash.init(hex:)))
            amendments.append(amendment)
            follow(amendment)
        }
    }

    private mutating func follow(_ amendment: SealedAmendment) {
        guard let from = amendment.from, let into = amendment.into else { return }
        switch amendment.kind {
        case .identify:
            if vCenters[from] != nil { vCenters[from] = .some(into) }
        case .rename:
            if let uuid = vCenters.removeValue(forKey: from) { vCenters[into] = uuid }
        case .merge:
            let (old, kept) = (vCenters.removeValue(forKey: from), vCenters[into])
            if old != nil || kept != nil { vCenters[into] = .some((kept ?? nil) ?? (old ?? nil)) }
        case .adopt:
            if vCenters[into] == nil { vCenters[into] = .some(nil) }
        case .prune, .include: break
        }
    }

    /// The name that a vCenter has in this tree's history now, and whether it was merged with another one after a leaf.
    func presentName(of vCenter: String, after leaf: Int) -> (name: String, isMerged: Bool) {
        var (name, isMerged) = (vCenter, false)
        for amendment in amendments where amendment.leaf > leaf {
            guard let into = amendment.into else { continue }
            switch amendment.kind {
            case .rename, .merge:
                if amendment.kind == .merge, into == name || amendment.from == name { isMerged = true }
                if amendment.from == name { name = into }
            case .adopt:
                if into == name { isMerged = true }
            case .identify, .prune, .include: break
            }
        }
        return (name, isMerged)
    }
}

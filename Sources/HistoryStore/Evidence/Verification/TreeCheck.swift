import Foundation
import GRDB
import GuestCustomization
import HistoryEvidence

/// Checks that the leaves of a tree are complete and hash to its nodes.
struct TreeCheck {
    /// A leaf that seals a run.
    struct SealedRecord {
        var leaf: Int
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
        /// What a removal of old polls says; `nil` for all other kinds.
        var prune: SealedPrune?
    }

    /// The members of either record.
    private struct Members: Decodable {
        var tree: String
        var vcenter: String?
        var vcenter_uuid: String?
        var amendment: String?
        var from: String?
        var into: String?
        var at: Int64?
        var before: Int64?
        var by: String?
        var last_run: Int64?
        var polls: Int64?
        var answers: Int64?
        var baseline_root: String?

        var prune: SealedPrune? {
            guard let at, let before, let last_run, let polls, let answers,
                let root = baseline_root.flatMap(MerkleHash.init(hex:)), StoredBounds.instants.contains(at),
                StoredBounds.instants.contains(before)
            else { return nil }
            return SealedPrune(
                at: at, before: before, by: by, lastRun: last_run, polls: polls, answers: answers, baselineRoot: root)
        }
    }

    let uuid: String
    private(set) var size = 0
    /// Rows of `collection_run`.
    private(set) var runs: [Int64: SealedRecord] = [:]
    private(set) var amendments: [SealedAmendment] = []
    /// The instance UUID of each vCenter of which runs are sealed, by its present name.
    private(set) var vCenters: [String: String?] = [:]
    /// The roots at the sizes that were asked for.
    private(set) var roots: [Int: MerkleHash] = [:]

    /// - Parameter sizes: The sizes at which a root is expected.
    init(_ tree: HistoryTree, rootsAt sizes: Set<Int>, _ db: Database) throws {
        uuid = try tree.uuid(db)
        guard try db.count("SELECT count(*) FROM tree") == 1 else { throw Discrepancy("another tree was added") }
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
        guard try db.count("SELECT count(*) FROM tree_node") == nodes else {
            throw Discrepancy("the last seals were removed: the tree has more nodes than seals")
        }
    }

    /// The members of a run's sealed record. They are read again when needed: there may be many runs.
    func members(of sealed: SealedRecord, _ db: Database) throws -> [String: Any] {
        let text = try db.firstRow(
            of: "SELECT record FROM seal WHERE tree_id = \(HistoryTree.own.id) AND leaf = \(sealed.leaf)"
        ) { try $0.text(0) }
        return try Self.members(of: Array((text ?? "").utf8))
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
            guard let vCenter = members.vcenter else { throw Discrepancy("seal \(leaf) is not the record of a run") }
            runs[run] = SealedRecord(
                leaf: leaf, hash: hash, vCenter: vCenter, vCenterUUID: members.vcenter_uuid)
            vCenters[vCenter] = .some(members.vcenter_uuid)
        } else {
            guard let kind = members.amendment.flatMap(AmendmentRecord.Kind.init) else {
                throw Discrepancy("seal \(leaf) belongs to no run, and is not an amendment")
            }
            var amendment = SealedAmendment(leaf: leaf, kind: kind, from: members.from, into: members.into)
            if kind == .prune {
                guard let prune = members.prune else { throw Discrepancy("seal \(leaf) is not the record of a prune") }
                amendment.prune = prune
            }
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
        case .prune: break
        }
    }

    /// The name that a vCenter has now, and whether it was merged with another one after a leaf.
    func presentName(of vCenter: String, after leaf: Int) -> (name: String, isMerged: Bool) {
        var (name, isMerged) = (vCenter, false)
        for amendment in amendments where amendment.leaf > leaf {
            guard amendment.kind == .rename || amendment.kind == .merge, let into = amendment.into else { continue }
            if amendment.kind == .merge, into == name || amendment.from == name { isMerged = true }
            if amendment.from == name { name = into }
        }
        return (name, isMerged)
    }
}

import GRDB
import GuestCustomization
import HistoryEvidence

/// Checks the trees of a history: its own, and those of the histories that were merged into it.
struct ForestCheck {
    /// The tree of this file.
    let own: TreeCheck
    /// The trees that were brought in, by UUID.
    let others: [String: TreeCheck]
    /// How often a tree's vCenter was adopted as a vCenter, by the present name.
    private var adoptions: [String: Int] = [:]
    /// The first leaf of the own tree that seals a run on a vCenter, by the present name.
    private var firstLeaves: [String: Int] = [:]

    /// - Parameter expected: Heads that were kept elsewhere; those of no tree of this history are not looked at.
    init(expecting expected: [Checkpoint], _ db: Database) throws {
        func sizes(_ uuid: String) -> Set<Int> { Set(expected.filter { $0.uuid == uuid }.map(\.size)) }
        own = try TreeCheck(.own, rootsAt: sizes(try HistoryTree.own.uuid(db)), db)
        var others: [String: TreeCheck] = [:]
        let rows = try db.rows(of: "SELECT id FROM tree WHERE id <> \(HistoryTree.own.id) ORDER BY id") { try $0.id(0) }
        for tree in rows.map(HistoryTree.init(id:)) {
            let uuid = try tree.uuid(db)
            do {
                others[uuid] = try TreeCheck(tree, rootsAt: sizes(uuid), db)
            } catch let discrepancy as Discrepancy {
                throw Discrepancy("merged history \(uuid): \(discrepancy.finding)")
            }
        }
        self.others = others
        for tree in [own] + others.values.sorted(by: { $0.tree.id < $1.tree.id }) { try requireIncluded(by: tree, db) }
        try requireBound()
        for adoption in own.amendments where adoption.kind == .adopt {
            let (name, _) = own.presentName(of: adoption.into ?? "", after: adoption.leaf)
            adoptions[name, default: 0] += 1
        }
        guard !others.isEmpty else { return }
        for sealed in own.runs.values {
            let (name, _) = own.presentName(of: sealed.vCenter, after: sealed.leaf)
            firstLeaves[name] = min(firstLeaves[name] ?? sealed.leaf, sealed.leaf)
        }
    }

    /// The tree with this UUID.
    func tree(_ uuid: String) -> TreeCheck? { uuid == own.uuid ? own : others[uuid] }

    /// The seal of a run, by its row of `collection_run`.
    func seal(of run: Int64) -> TreeCheck.SealedRecord? {
        own.runs[run] ?? others.values.lazy.compactMap { $0.runs[run] }.first
    }

    /// All sealed runs, by their rows of `collection_run`.
    var runs: Set<Int64> { others.values.reduce(into: Set(own.runs.keys)) { $0.formUnion($1.runs.keys) } }

    /// Each tree that an amendment includes is there, and begins as the amendment says.
    private func requireIncluded(by including: TreeCheck, _ db: Database) throws {
        for amendment in including.amendments where amendment.kind == .include {
            guard let origin = amendment.origin, let included = tree(origin) else {
                throw Discrepancy("the merged history \(amendment.origin?.shownFromFile ?? "?") was removed")
            }
            guard let size = amendment.size, (0...included.size).contains(size),
                try included.tree.checkpoint(size: size, db).root == amendment.root
            else {
                throw Discrepancy("the merged history \(origin) is not the one that seal \(amendment.leaf) included")
            }
        }
    }

    /// Each tree that was brought in ends where the latest amendment about it says.
    private func requireBound() throws {
        for (uuid, tree) in others.sorted(by: { $0.key < $1.key }) {
            let latest = own.amendments.last { $0.kind == .include && $0.origin == uuid }
            guard let latest else { throw Discrepancy("another tree, \(uuid), was added") }
            guard latest.size == tree.size else {
                throw Discrepancy("seals were added to the merged history \(uuid)")
            }
        }
    }

    /// The name that a run's vCenter has now in this file, and whether VMs or runs of it were joined with others' since the run.
    func presentName(of sealed: TreeCheck.SealedRecord) throws -> (name: String, isMerged: Bool) {
        guard sealed.tree.id != HistoryTree.own.id else {
            return own.presentName(of: sealed.vCenter, after: sealed.leaf)
        }
        guard let tree = others.values.first(where: { $0.tree.id == sealed.tree.id }) else {
            throw Discrepancy("a merged history was removed")
        }
        let (there, wasMerged) = tree.presentName(of: sealed.vCenter, after: sealed.leaf)
        let adoption = own.amendments.last { $0.kind == .adopt && $0.origin == tree.uuid && $0.from == there }
        guard let adoption, let into = adoption.into else {
            throw Discrepancy("the merged history \(tree.uuid) has a vCenter that was not adopted")
        }
        let (name, isMerged) = own.presentName(of: into, after: adoption.leaf)
        let isShared = adoptions[name, default: 0] > 1 || firstLeaves[name].map { $0 < adoption.leaf } ?? false
        return (name, wasMerged || isMerged || isShared)
    }

    /// Whether the runs of a tree may be in another order than they were recorded in: vCenters were merged, of which one had runs of
    /// several histories.
    func mayBeReordered(_ sealed: TreeCheck.SealedRecord) -> Bool {
        let tree = others.values.first { $0.tree.id == sealed.tree.id }
        return !others.isEmpty && [own, tree].contains { $0?.amendments.contains { $0.kind == .merge } ?? false }
    }

    /// The UUID of the tree that seals a run.
    func uuid(of sealed: TreeCheck.SealedRecord) -> String {
        others.values.first { $0.tree.id == sealed.tree.id }?.uuid ?? own.uuid
    }

    /// What to call a run: by its number here, and by the one that its own history gave it.
    func origin(of sealed: TreeCheck.SealedRecord) -> String {
        let tree = others.values.first { $0.tree.id == sealed.tree.id }
        return tree.map { " (run \(sealed.number) of the merged history \($0.uuid))" } ?? ""
    }
}

import GRDB
import GuestCustomization
import HistoryEvidence

/// What another history has that this one does not.
struct MergePlan {
    /// A tree with leaves that this history does not have.
    struct Tree {
        var check: TreeCheck
        /// How many of its leaves are here already.
        var known: Int
        /// Its head there.
        var head: Checkpoint
    }

    /// A sealed run that is not here yet.
    struct Run {
        /// Row of `collection_run` there.
        var id: Int64
        var seal: TreeCheck.SealedRecord
        /// The UUID of the tree that seals it.
        var tree: String
        var startedAt: Timestamp
        var polls: Int
    }

    /// A vCenter of the other history that has runs in one of the trees.
    struct VCenter {
        var there: VCenterRegister.Entry
        /// The same vCenter here; `nil` if it is new.
        var here: VCenterRegister.Entry?
        /// What it is called here.
        var name: String
        /// The runs to be brought in, in their order there.
        var runs: [Run] = []
        /// What the trees call it, by UUID.
        var sealedNames: [String: Set<String>] = [:]
    }

    private(set) var trees: [Tree] = []
    private(set) var vCenters: [VCenter] = []
    /// Whether the other history is a copy of this one.
    private(set) var isCopy = false

    /// The rows of this history's vCenters that get runs.
    var joined: [Int64] { vCenters.compactMap(\.here?.id).sorted() }

    /// - Throws: `HistoryError`: `damaged` if one of the two was rewritten or cut off, `vCenterName` if it is not clear which vCenters are
    ///   the same.
    init(from incoming: IncomingHistory, _ source: Database, into path: String, _ target: Database) throws {
        try Self.requireUnpruned(source, incoming.path)
        let ids = try source.rows(of: "SELECT id FROM tree ORDER BY id") { try $0.id(0) }
        let ownUUID = try HistoryTree.own.uuid(target)
        var knownVCenters: [Int64: Set<Int64>] = [:]
        for tree in ids.map(HistoryTree.init(id:)) {
            let uuid = try tree.uuid(source)
            let comparison = TreeComparison(tree: tree, uuid: uuid, isOwn: uuid == ownUUID)
            if comparison.isOwn, tree.id == HistoryTree.own.id { isCopy = true }
            let known = try comparison.known(incoming.path, source, path, target)
            try comparison.addVCenters(to: &knownVCenters, source, target)
            let size = try tree.size(source)
            guard size > known else { continue }
            trees.append(
                Tree(
                    check: try TreeCheck(tree, rootsAt: [], source), known: known,
                    head: try tree.checkpoint(size: size, source)))
        }
        vCenters = try runs(source)
        var names = VCenterMatching(incoming: incoming.path, known: knownVCenters)
        for index in vCenters.indices { try names.match(&vCenters[index], source, target) }
    }

    /// The vCenters that have runs in the trees, with those of their runs that are new.
    private func runs(_ source: Database) throws -> [VCenter] {
        var found: [Int64: VCenter] = [:]
        let query: SQL = """
            SELECT r.id, r.started_ms, r.polls, c.id, c.name, c.is_name_given, c.instance_uuid
            FROM collection_run AS r JOIN vcenter AS c ON c.id = r.vcenter_id ORDER BY r.id
            """
        try source.forEachRow(of: query) { row in
            let id = try row.id(0)
            guard let tree = trees.first(where: { $0.check.runs[id] != nil }), let seal = tree.check.runs[id] else {
                return
            }
            let there = VCenterRegister.Entry(
                id: try row.id(3), name: try row.text(4), isNameGiven: try row.flag(5),
                instanceUUID: try row.textOrNull(6))
            var vCenter = found[there.id] ?? VCenter(there: there, name: there.name)
            let (sealedName, _) = tree.check.presentName(of: seal.vCenter, after: seal.leaf)
            vCenter.sealedNames[tree.check.uuid, default: []].insert(sealedName)
            if seal.leaf >= tree.known {
                vCenter.runs.append(
                    Run(
                        id: id, seal: seal, tree: tree.check.uuid, startedAt: try row.timestamp(1),
                        polls: try row.count(2)))
            }
            found[there.id] = vCenter
        }
        return found.values.sorted { $0.there.id < $1.there.id }
    }

    /// Histories whose old polls were removed cannot be merged yet: the place for that check.
    private static func requireUnpruned(_ source: Database, _ path: String) throws {
        let isPruned = try source.hasRow("SELECT 1 FROM seal WHERE run_id IS NULL AND record ->> 'amendment' = 'prune'")
        guard !isPruned else {
            throw HistoryError(
                .usage,
                "cannot merge \(path): old polls were removed from it by `prune`; merge it before that, or keep it apart"
            )
        }
    }
}

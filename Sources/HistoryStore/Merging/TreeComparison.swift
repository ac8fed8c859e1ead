import GRDB
import GuestCustomization
import HistoryEvidence

/// Compares a tree of another history with the same tree here.
struct TreeComparison {
    /// The tree there.
    let tree: HistoryTree
    let uuid: String
    /// Whether it is the tree of this file.
    let isOwn: Bool

    /// How many of its leaves are here; those are the same.
    ///
    /// - Throws: `HistoryError` with the code `damaged` if they are not the same, or if there are more of this file's own.
    func known(_ otherPath: String, _ source: Database, _ path: String, _ target: Database) throws -> Int {
        guard let here = try local(target) else { return 0 }
        let (size, known) = (try tree.size(source), try here.size(target))
        let common = min(size, known)
        guard try tree.checkpoint(size: common, source).root == here.checkpoint(size: common, target).root else {
            let what =
                isOwn
                ? tree.id == HistoryTree.own.id
                    ? "it is a copy of \(path), and both have gone on by themselves since; keep one of the two, or keep them apart"
                    : "it has another record of \(path) than that file itself: one of the two was rewritten; `\(ProgramName.called) verify --expect` tells which"
                : "its history \(uuid) does not begin as the one that was merged into \(path): one of the two was rewritten; `\(ProgramName.called) verify --expect` tells which"
            throw HistoryError(.damaged, "nothing was merged from \(otherPath): \(what)")
        }
        if isOwn, size > known {
            throw HistoryError(
                .damaged,
                "nothing was merged from \(otherPath): it has \(size) seals of \(path), which itself has only \(known): that file was cut off, or restored from an older backup; use the later one instead"
            )
        }
        return common
    }

    /// Adds which vCenters here have the runs that a vCenter there has too.
    func addVCenters(
        to known: inout [Int64: Set<Int64>], _ source: Database, _ target: Database
    ) throws {
        guard let here = try local(target) else { return }
        func vCenters(_ tree: HistoryTree, _ db: Database) throws -> [Int: Int64] {
            var found: [Int: Int64] = [:]
            try db.forEachRow(
                of: """
                    SELECT s.leaf, r.vcenter_id FROM seal AS s JOIN collection_run AS r ON r.id = s.run_id WHERE s.tree_id = \(tree.id)
                    """
            ) { found[try $0.count(0)] = try $0.id(1) }
            return found
        }
        let ours = try vCenters(here, target)
        for (leaf, vCenter) in try vCenters(tree, source) {
            if let same = ours[leaf] { known[vCenter, default: []].insert(same) }
        }
    }

    private func local(_ target: Database) throws -> HistoryTree? {
        try target.firstRow(of: "SELECT id FROM tree WHERE uuid = \(uuid)") { HistoryTree(id: try $0.id(0)) }
    }
}

import GRDB
import GuestCustomization
import HistoryEvidence

/// Brings in the leaves of a tree, and what its records call VMs.
struct IncomingSeals {
    let tree: MergePlan.Tree
    /// Its row here.
    let here: HistoryTree
    /// The numbers here of the runs that are brought in, by those there.
    let runs: [Int64: Int64]

    /// - Returns: The tree's row here.
    static func row(of tree: MergePlan.Tree, _ target: Database) throws -> HistoryTree {
        let uuid = tree.check.uuid
        try target.execute(sql: "INSERT INTO tree (uuid) VALUES (?) ON CONFLICT DO NOTHING", arguments: [uuid])
        guard let id = try target.firstRow(of: "SELECT id FROM tree WHERE uuid = \(uuid)", { try $0.id(0) }) else {
            throw DatabaseError(resultCode: .SQLITE_INTERNAL)
        }
        return HistoryTree(id: id)
    }

    func bring(_ source: Database, _ target: Database) throws {
        try source.forEachRow(
            of: """
                SELECT leaf, run_id, record FROM seal WHERE tree_id = \(tree.check.tree.id) AND leaf >= \(tree.known) ORDER BY leaf
                """
        ) { row in
            let there = try row.idOrNull(1)
            let run = there.flatMap { runs[$0] }
            guard (run == nil) == (there == nil) else { throw StoredValueFault(complaint: "is not a sealed run") }
            try here.append(Array(try row.text(2).utf8), run: run, at: try row.count(0), target)
        }
        guard try here.checkpoint(size: tree.head.size, target).root == tree.head.root else {
            throw StoredValueFault(complaint: "does not give the root of the other history")
        }
    }

    /// Has the runs that are brought in call a VM what their records do.
    ///
    /// - Parameters:
    ///   - leaves: Of the runs on the vCenter that are brought in, in order.
    ///   - machines: The VMs of the vCenter.
    func bringNames(at leaves: [Int], of machines: IncomingMachines, _ source: Database, _ target: Database) throws {
        guard let first = leaves.min() else { return }
        for (vm, same) in machines.vms {
            let theirs = try SealedNames.names(of: vm, in: tree.check.tree, source)
            let ours = try SealedNames.names(of: same, in: here, target)
            func latest(_ names: [Int: SealedNames.Name]) -> SealedNames.Name? {
                names.filter { $0.key < first }.max { $0.key < $1.key }?.value
            }
            var written = latest(ours)
            let begin = theirs[first] ?? latest(theirs)
            let changes = theirs.filter { $0.key > first }.sorted { $0.key < $1.key }
            let names = (begin.map { [(leaf: first, name: $0)] } ?? []) + changes.map { (leaf: $0.key, name: $0.value) }
            for (leaf, name) in names where name != written {
                try SealedNames.insert(name, of: same, at: leaf, in: here, target)
                written = name
            }
        }
    }
}

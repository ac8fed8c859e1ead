import GRDB

/// Keeps `sealed_name`: what each VM is called in the records of runs.
enum SealedNames {
    /// Adds the VMs of a vCenter whose name or instance UUID differs from the latest one sealed in the tree of this file.
    static func add(of vCenterID: Int64, at leaf: Int, _ db: Database) throws {
        try db.cachedStatement(
            sql: """
                INSERT INTO sealed_name (vm_id, tree_id, leaf, name, instance_uuid)
                SELECT v.id, ?3, ?1, v.name, v.instance_uuid FROM virtual_machine AS v
                WHERE v.vcenter_id = ?2 AND NOT EXISTS (
                    SELECT 1 FROM sealed_name AS n
                    WHERE n.vm_id = v.id AND n.tree_id = ?3
                        AND n.leaf = (SELECT max(leaf) FROM sealed_name WHERE vm_id = v.id AND tree_id = ?3) AND n.name = v.name AND n.instance_uuid IS v.instance_uuid
                )
                """
        ).run([.integer(Int64(leaf)), .integer(vCenterID), .integer(HistoryTree.own.id)], db)
    }
}

extension SealedNames {
    struct Name: Equatable {
        var name: String
        var instanceUUID: String?
    }

    /// The runs on two vCenters that are sealed in one tree.
    struct Runs {
        var tree: HistoryTree
        /// Their leaves, in order, and whether the run is on the vCenter that goes.
        var leaves: [(leaf: Int, isMoved: Bool)]
    }

    /// Gives the names of a VM that is joined with another one to that one, so that each sealed run still calls it what its record does.
    static func join(_ source: Int64, with target: Int64, in trees: [Runs], _ db: Database) throws {
        for runs in trees {
            let (old, kept) = (try names(of: source, in: runs.tree, db), try names(of: target, in: runs.tree, db))
            guard !old.isEmpty else { continue }
            try db.execute(
                sql: "DELETE FROM sealed_name WHERE vm_id IN (?, ?) AND tree_id = ?",
                arguments: [source, target, runs.tree.id])
            var (latestOld, latestKept): (Name?, Name?)
            var written: Name?
            // Only where a name begins, or the runs of the other vCenter, can a VM be called otherwise than in the run before.
            var wasMoved: Bool?
            for run in runs.leaves {
                defer { wasMoved = run.isMoved }
                guard run.isMoved != wasMoved || old[run.leaf] != nil || kept[run.leaf] != nil else { continue }
                latestOld = old[run.leaf] ?? latestOld
                latestKept = kept[run.leaf] ?? latestKept
                guard let name = run.isMoved ? latestOld : latestKept, name != written else { continue }
                try insert(name, of: target, at: run.leaf, in: runs.tree, db)
                written = name
            }
        }
    }

    static func insert(_ name: Name, of vm: Int64, at leaf: Int, in tree: HistoryTree, _ db: Database) throws {
        try db.cachedStatement(
            sql: "INSERT INTO sealed_name (vm_id, tree_id, leaf, name, instance_uuid) VALUES (?, ?, ?, ?, ?)"
        ).run(
            [.integer(vm), .integer(tree.id), .integer(Int64(leaf)), .text(name.name), .text(name.instanceUUID)], db)
    }

    /// What a tree calls a VM, by leaf.
    static func names(of vm: Int64, in tree: HistoryTree, _ db: Database) throws -> [Int: Name] {
        var names: [Int: Name] = [:]
        try db.forEachRow(
            of: "SELECT leaf, name, instance_uuid FROM sealed_name WHERE vm_id = \(vm) AND tree_id = \(tree.id)"
        ) { row in
            names[try row.count(0)] = Name(name: try row.text(1), instanceUUID: try row.textOrNull(2))
        }
        return names
    }
}

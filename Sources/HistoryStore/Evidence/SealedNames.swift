import GRDB

/// Keeps `sealed_name`: what each VM is called in the records of runs.
enum SealedNames {
    /// Adds the VMs of a vCenter whose name or instance UUID differs from the latest sealed one.
    static func add(of vCenterID: Int64, at leaf: Int, _ db: Database) throws {
        try db.cachedStatement(
            sql: """
                INSERT INTO sealed_name (vm_id, leaf, name, instance_uuid)
                SELECT v.id, ?1, v.name, v.instance_uuid FROM virtual_machine AS v
                WHERE v.vcenter_id = ?2 AND NOT EXISTS (
                    SELECT 1 FROM sealed_name AS n
                    WHERE n.vm_id = v.id AND n.leaf = (SELECT max(leaf) FROM sealed_name WHERE vm_id = v.id)
                        AND n.name = v.name AND n.instance_uuid IS v.instance_uuid
                )
                """
        ).run([.integer(Int64(leaf)), .integer(vCenterID)], db)
    }
}

extension SealedNames {
    private struct Name: Equatable {
        var name: String
        var instanceUUID: String?
    }

    /// Gives the names of a VM that is joined with another one to that one, so that each sealed run still calls it what its record does.
    ///
    /// - Parameter runs: The leaves of the runs on both vCenters, in order, and whether the run is on the vCenter that goes.
    static func join(_ source: Int64, with target: Int64, in runs: [(leaf: Int, isMoved: Bool)], _ db: Database) throws
    {
        let (old, kept) = (try names(of: source, db), try names(of: target, db))
        guard !old.isEmpty else { return }
        try db.execute(sql: "DELETE FROM sealed_name WHERE vm_id IN (?, ?)", arguments: [source, target])
        var (latestOld, latestKept): (Name?, Name?)
        var written: Name?
        // Only where a name begins, or the runs of the other vCenter, can a VM be called otherwise than in the run before.
        var wasMoved: Bool?
        for run in runs {
            defer { wasMoved = run.isMoved }
            guard run.isMoved != wasMoved || old[run.leaf] != nil || kept[run.leaf] != nil else { continue }
            latestOld = old[run.leaf] ?? latestOld
            latestKept = kept[run.leaf] ?? latestKept
            guard let name = run.isMoved ? latestOld : latestKept, name != written else { continue }
            try db.execute(
                sql: "INSERT INTO sealed_name (vm_id, leaf, name, instance_uuid) VALUES (?, ?, ?, ?)",
                arguments: [target, run.leaf, name.name, name.instanceUUID])
            written = name
        }
    }

    private static func names(of vm: Int64, _ db: Database) throws -> [Int: Name] {
        var names: [Int: Name] = [:]
        try db.forEachRow(of: "SELECT leaf, name, instance_uuid FROM sealed_name WHERE vm_id = \(vm)") { row in
            names[try row.count(0)] = Name(name: try row.text(1), instanceUUID: try row.textOrNull(2))
        }
        return names
    }
}

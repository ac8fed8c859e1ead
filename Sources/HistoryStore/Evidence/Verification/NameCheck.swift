import GRDB
import GuestCustomization

/// Checks that vCenters and VMs are named as the latest sealed records name them.
struct NameCheck {
    /// The tree of this file.
    let tree: TreeCheck

    func run(_ db: Database) throws {
        try requireVCenters(db)
        try requireSealedRows(db)
        try requireSealedNames(db)
        try requireShownNames(db)
        try requireRenames(db)
    }

    /// Each row of `sealed_name` belongs to the seal of a run on the VM's vCenter, and says something new.
    private func requireSealedRows(_ db: Database) throws {
        let altered = try db.firstRow(
            of: """
                SELECT v.moid FROM (
                    SELECT *, row_number() OVER w AS number, lag(name) OVER w AS old_name, lag(instance_uuid) OVER w AS old_uuid
                    FROM sealed_name WINDOW w AS (PARTITION BY vm_id, tree_id ORDER BY leaf)
                ) AS n JOIN virtual_machine AS v ON v.id = n.vm_id
                WHERE n.number > 1 AND n.name = n.old_name AND n.instance_uuid IS n.old_uuid OR NOT EXISTS (
                    SELECT 1 FROM seal AS s JOIN collection_run AS r ON r.id = s.run_id
                    WHERE s.tree_id = n.tree_id AND s.leaf = n.leaf AND r.vcenter_id = v.vcenter_id
                )
                LIMIT 1
                """
        ) { try $0.text(0) }
        if let altered { throw Discrepancy("the sealed names of \(altered.shownFromFile) were altered") }
    }

    /// VMs of vCenters without a run under way: a run records names before it is sealed.
    private func requireSealedNames(_ db: Database) throws {
        let altered = try db.firstRow(
            of: """
                SELECT v.moid, c.name FROM virtual_machine AS v JOIN vcenter AS c ON c.id = v.vcenter_id
                LEFT JOIN sealed_name AS n ON n.vm_id = v.id AND n.tree_id = \(HistoryTree.own.id)
                    AND n.leaf = (SELECT max(leaf) FROM sealed_name WHERE vm_id = v.id AND tree_id = \(HistoryTree.own.id))
                WHERE (n.name IS NOT v.name OR n.instance_uuid IS NOT v.instance_uuid)
                    AND v.vcenter_id NOT IN (SELECT vcenter_id FROM collection_run WHERE outcome = 'running')
                    AND NOT (
                        v.vcenter_id IN (\(sql: mergedVCenters(db)))
                        AND EXISTS (SELECT 1 FROM sealed_name AS o WHERE o.vm_id = v.id AND o.name = v.name)
                        AND EXISTS (SELECT 1 FROM sealed_name AS o WHERE o.vm_id = v.id AND o.instance_uuid IS v.instance_uuid)
                    )
                LIMIT 1
                """
        ) { (vm: try $0.text(0), vCenter: try $0.text(1)) }
        guard let altered else { return }
        throw Discrepancy(
            "the name or instance UUID of \(altered.vm.shownFromFile) on \(altered.vCenter.shownFromFile) was altered")
    }

    /// Rows of vCenters that were merged or adopted since their last run that this file's tree seals: the names are joined, and the next run seals them.
    private func mergedVCenters(_ db: Database) throws -> String {
        var rows: [String] = []
        for amendment in tree.amendments where amendment.kind == .merge || amendment.kind == .adopt {
            let (name, _) = tree.presentName(of: amendment.into ?? "", after: amendment.leaf)
            let merged = try db.rows(
                of: """
                    SELECT c.id FROM vcenter AS c WHERE c.name = \(name) AND NOT EXISTS (
                        SELECT 1 FROM collection_run AS r JOIN seal AS s ON s.run_id = r.id
                        WHERE r.vcenter_id = c.id AND s.tree_id = \(HistoryTree.own.id) AND s.leaf > \(amendment.leaf)
                    )
                    """
            ) { "\(try $0.id(0))" }
            rows += merged
        }
        return rows.joined(separator: ", ")
    }

    /// Each vCenter of which runs are sealed has the name and instance UUID that they and later amendments gave it.
    private func requireVCenters(_ db: Database) throws {
        var missing = Set(tree.vCenters.keys)
        try db.forEachRow(of: "SELECT name, instance_uuid FROM vcenter ORDER BY name") { row in
            let (name, uuid) = (try row.text(0), try row.textOrNull(1))
            missing.remove(name)
            guard let sealed = tree.vCenters[name] else { return }
            guard sealed == uuid else {
                throw Discrepancy("the instance UUID of the vCenter \(name.shownFromFile) was altered")
            }
        }
        if let name = missing.min() { throw Discrepancy("the vCenter \(name.shownFromFile) was removed or renamed") }
    }

    /// Names as people see them follow from those that the vCenter writes.
    private func requireShownNames(_ db: Database) throws {
        for table in ["virtual_machine", "virtual_machine_name"] {
            try db.forEachRow(of: "SELECT name, shown_name FROM \(sql: table)") { row in
                let (name, shown) = (try row.text(0), try row.text(1))
                guard InventoryName(raw: name).shown.storable.utf8.elementsEqual(shown.utf8) else {
                    throw Discrepancy(
                        "a VM's name was altered: \(name.shownFromFile) is not shown as \(shown.shownFromFile)")
                }
            }
        }
    }

    /// Each recorded name of a VM is in a sealed record, and the other way round; one that no list has shown is its managed object id.
    /// Each was first seen in a list, or in an event.
    private func requireRenames(_ db: Database) throws {
        let altered = try db.firstRow(
            of: """
                SELECT v.moid FROM virtual_machine AS v
                WHERE EXISTS (
                    SELECT name FROM sealed_name WHERE vm_id = v.id AND name <> v.moid
                    EXCEPT SELECT name FROM virtual_machine_name WHERE vm_id = v.id
                ) OR v.vcenter_id NOT IN (SELECT vcenter_id FROM collection_run WHERE outcome = 'running') AND (
                    EXISTS (
                        SELECT name FROM virtual_machine_name WHERE vm_id = v.id
                        EXCEPT SELECT name FROM sealed_name WHERE vm_id = v.id
                    ) OR EXISTS (
                        SELECT 1 FROM virtual_machine_name AS n WHERE n.vm_id = v.id AND (v.vcenter_id, n.first_seen_ms) NOT IN (
                            SELECT vcenter_id, listed_ms FROM collection_run WHERE listed_ms IS NOT NULL
                            UNION ALL SELECT vcenter_id, started_ms FROM collection_run WHERE events > 0
                        )
                    )
                )
                LIMIT 1
                """
        ) { try $0.text(0) }
        if let altered { throw Discrepancy("the names of \(altered.shownFromFile) were altered") }
    }
}

import GRDB
import GuestCustomization
import HistoryEvidence

extension SealedRun {
    /// Adds what the run found VMs to be to its record.
    func addAttributes(to record: inout RunRecord, at leaf: Int, _ db: Database) throws {
        var changes = MerkleTree()
        try forEachAttributeChange { row, change in
            let vm = AttributeRecord(
                change, vm: try row.text(0), name: try row.text(1), instanceUUID: try row.textOrNull(2))
            changes.append(.leaf(vm.bytes))
        }
        (record.attributeChanges, record.attributesRoot) = (changes.size, changes.root)

        func forEachAttributeChange(_ body: (StatementColumns, AttributeRecord.Change) throws -> Void) throws {
            let attributes: SQL = """
                SELECT v.moid, n.name, n.instance_uuid, g.text, o.text, s.text, h.text, u.text, f.text, d.text, a.is_template
                FROM attribute_change AS a
                LEFT JOIN attribute_text AS g ON g.id = a.guest_os_id LEFT JOIN attribute_text AS o ON o.id = a.tools_version_id
                LEFT JOIN attribute_text AS s ON s.id = a.tools_status_id LEFT JOIN attribute_text AS h ON h.id = a.host_id
                LEFT JOIN attribute_text AS u ON u.id = a.cluster_id LEFT JOIN attribute_text AS f ON f.id = a.folder_id
                LEFT JOIN attribute_text AS d ON d.id = a.datacenter_id
                \(named("a", at: leaf))
                """
            try db.forEachRow(of: attributes) { row in
                try body(
                    row,
                    .attributes(
                        guestOS: try row.textOrNull(3), toolsVersion: try row.textOrNull(4),
                        toolsStatus: try row.textOrNull(5), host: try row.textOrNull(6),
                        cluster: try row.textOrNull(7), folder: try row.textOrNull(8),
                        datacenter: try row.textOrNull(9), isTemplate: row.isNull(10) ? nil : try row.flag(10)))
            }
            let sources: SQL = """
                SELECT v.moid, n.name, n.instance_uuid, t.text, a.event_key, a.created_ms
                FROM virtual_machine_source AS a JOIN attribute_text AS t ON t.id = a.source_id
                \(named("a", at: leaf))
                """
            try db.forEachRow(of: sources) { row in
                try body(
                    row,
                    .source(
                        try row.text(3), key: Int64(try row.count(4)),
                        createdAt: try row.timestampOrNull(5)?.unixMilliseconds))
            }
        }
    }

    /// The VM of each of the run's rows in a table, as the run's record calls it, in the order of the leaves.
    private func named(_ alias: String, at leaf: Int) -> SQL {
        """
        JOIN virtual_machine AS v ON v.id = \(sql: alias).vm_id
        LEFT JOIN sealed_name AS n ON n.vm_id = v.id AND n.tree_id = \(tree.id) AND n.leaf = (
            SELECT max(leaf) FROM sealed_name WHERE vm_id = v.id AND tree_id = \(tree.id) AND leaf <= \(leaf)
        )
        WHERE \(sql: alias).run_id = \(id) ORDER BY v.moid, n.instance_uuid
        """
    }
}

import GRDB
import HistoryEvidence

/// The events of a run as its seal has them.
enum SealedEvents {
    /// The tree over the run's events, in the order in which they were read.
    ///
    /// - Parameters:
    ///   - record: With the name and UUID of the vCenter that the run was sealed with.
    ///   - run: Row of `collection_run`.
    static func tree(of record: RunRecord, run: Int64, _ db: Database) throws -> MerkleTree {
        var (event, tree) = (EventRecord(vCenter: record.vCenter, vCenterUUID: record.vCenterUUID), MerkleTree())
        let query: SQL = """
            SELECT e.event_key, e.generation, v.moid, a.sha256,
                e.virtual_machine_endpoint_id IS NULL OR (m.endpoint_id, v.vcenter_id) IS (r.endpoint_id, r.vcenter_id)
            FROM event AS e
            JOIN collection_run AS r ON r.id = e.run_id
            LEFT JOIN virtual_machine_endpoint AS m ON m.id = e.virtual_machine_endpoint_id
            LEFT JOIN virtual_machine AS v ON v.id = m.vm_id
            LEFT JOIN answer AS a ON a.id = e.answer_id
            WHERE e.run_id = \(run) ORDER BY e.id
            """
        try db.forEachRow(of: query) { row in
            guard try row.flag(4) else { throw StoredValueFault(complaint: "is the row of a VM of another vCenter") }
            event.key = try row.integer(0, in: .min...(.max), "")
            event.generation = Int64(try row.count(1))
            event.vm = try row.textOrNull(2)
            tree.append(.leaf(event.bytes(answer: try row.digestBytes(3))))
        }
        return tree
    }
}

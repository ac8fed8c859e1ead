import GRDB
import GuestCustomization

extension HistoryDatabase {
    /// The latest removal of old polls; `nil` if there was none.
    package func prunedPolls() throws -> PrunedPolls? {
        try read("read what was pruned from") { try PrunedPolls.latest($0) }
    }
}

extension PrunedPolls {
    static func latest(_ db: Database) throws -> PrunedPolls? {
        try db.firstRow(
            of: """
                SELECT s.record ->> 'before', s.record ->> 'at', s.record ->> 'by', p.last_run_id
                FROM prune AS p JOIN seal AS s ON s.tree_id = \(HistoryTree.own.id) AND s.leaf = p.leaf ORDER BY p.id DESC LIMIT 1
                """
        ) {
            PrunedPolls(
                before: try $0.timestamp(0), prunedAt: try $0.timestamp(1), by: try $0.textOrNull(2),
                lastRun: CollectionRunID(rawValue: try $0.id(3)))
        }
    }

    /// The same, if it removed polls of this VM.
    ///
    /// - Parameter vm: Row of `virtual_machine`.
    static func latest(of vm: Int64, _ db: Database) throws -> PrunedPolls? {
        guard let pruned = try latest(db) else { return nil }
        let isPruned = try db.hasRow(
            """
            SELECT 1 FROM virtual_machine_endpoint AS m JOIN baseline_answer AS b ON b.virtual_machine_endpoint_id = m.id
            WHERE m.vm_id = \(vm) AND b.prune_id = (SELECT max(id) FROM prune WHERE leaf IS NOT NULL)
            """)
        return isPruned ? pruned : nil
    }
}

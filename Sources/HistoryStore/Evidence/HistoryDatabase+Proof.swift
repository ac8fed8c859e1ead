import GRDB
import GuestCustomization
import HistoryEvidence

extension HistoryDatabase {
    /// The head of the history's tree.
    package func head() throws -> Checkpoint {
        try read("read the head of") { db in
            try HistoryTree.own.checkpoint(size: try HistoryTree.own.size(db), db)
        }
    }

    /// A proof that a run is in the history.
    ///
    /// - Throws: `HistoryError`; `usage` if there is no such run, or it has not ended.
    package func proof(of run: CollectionRunID) throws -> Proof {
        try read("prove what is in") { db in
            let (_, leaf, head) = try Self.leaf(of: run.rawValue, path, db)
            return Proof(poll: nil, run: leaf, checkpoint: head.text)
        }
    }

    /// A proof that a VM's latest poll at or before an instant is in the history.
    ///
    /// - Throws: `HistoryError`; `usage` if there is no such poll, or its run has not ended.
    package func proof(ofPollOf machine: KnownVirtualMachine, at instant: Timestamp) throws -> Proof {
        try read("prove what is in") { db in
            let id = try Self.row(of: machine, db)
            let lastPruned = try Baseline.current(db)?.lastRun ?? 0
            let run = try db.firstRow(
                of: """
                    SELECT p.run_id FROM virtual_machine AS v
                    CROSS JOIN collection_run AS r ON +r.vcenter_id = v.vcenter_id
                    CROSS JOIN virtual_machine_endpoint AS m ON m.vm_id = v.id AND m.endpoint_id = r.endpoint_id
                    CROSS JOIN poll AS p ON p.run_id = r.id AND p.virtual_machine_endpoint_id = m.id
                    WHERE v.id = \(id) AND p.polled_ms <= \(instant) ORDER BY r.id DESC LIMIT 1
                    """
            ) { try $0.id(0) }
            if run ?? 0 <= lastPruned, let pruned = try PrunedPolls.latest(of: id, db) {
                throw HistoryError(
                    .usage,
                    "cannot prove the latest poll of \(machine.vm.shown()) at or before \(instant.rfc3339): if there was one, it was pruned; polls before \(pruned.before.rfc3339) were, on \(pruned.prunedAt.rfc3339)",
                    advice: "`\(ProgramName.called) prove --run` still proves its run")
            }
            guard let run else {
                throw HistoryError(
                    .usage, "\(machine.vm.shown()) was not polled at or before \(instant.rfc3339)",
                    advice: "`\(ProgramName.called) show \(machine.vm.shown()) --polls` shows when it was")
            }
            let (tree, leaf, head) = try Self.leaf(of: run, path, db)
            let poll = try SealedRun(id: run, tree: tree).proof(ofPollOf: machine.vm.storable, at: leaf.index, db)
            return Proof(poll: poll, run: leaf, checkpoint: head.text)
        }
    }

    private static func leaf(of run: Int64, _ path: String, _ db: Database) throws -> (
        tree: HistoryTree, Proof.Leaf, Checkpoint
    ) {
        let sealed = try db.firstRow(
            of: "SELECT tree_id, leaf, record FROM seal WHERE run_id = \(run)"
        ) { (tree: HistoryTree(id: try $0.id(0)), leaf: try $0.count(1), record: try $0.text(2)) }
        guard let sealed else {
            let exists = try db.hasRow("SELECT 1 FROM collection_run WHERE id = \(run)")
            throw HistoryError(
                .usage, exists ? "run \(run) has not ended, so it is not sealed yet" : "\(path) has no run \(run)",
                advice: "`\(ProgramName.called) runs` shows the runs")
        }
        let tree = sealed.tree
        let size = try tree.size(db)
        let hashes = try MerkleTree.path(to: sealed.leaf, size: size) { try tree.node($0, $1, db) }
        return (
            tree, Proof.Leaf(record: sealed.record, index: sealed.leaf, size: size, path: hashes),
            try tree.checkpoint(size: size, db)
        )
    }
}

extension SealedRun {
    /// The poll of a VM with its way to the root of the run's polls.
    fileprivate func proof(ofPollOf vm: String, at leaf: Int, _ db: Database) throws -> Proof.Leaf {
        var (run, _) = try Self.read(id, db)
        (run.vCenter, run.vCenterUUID) = try sealedName(db)
        var (tree, levels) = (MerkleTree(), [[MerkleHash]]())
        var found: (index: Int, record: [UInt8])?
        try forEachPoll(of: run, at: leaf, db) { record, polled in
            if polled == vm { found = (tree.size, record) }
            tree.append(.leaf(record)) { level, _, hash in
                if level == levels.count { levels.append([]) }
                levels[level].append(hash)
            }
        }
        guard let found else { throw StoredValueFault(complaint: "lacks a poll of the run") }
        return Proof.Leaf(
            record: String(decoding: found.record, as: UTF8.self), index: found.index, size: tree.size,
            path: MerkleTree.path(to: found.index, size: tree.size) { levels[$0][$1] })
    }

    /// The vCenter's name and instance UUID when the run was sealed.
    private func sealedName(_ db: Database) throws -> (String, String?) {
        let name = try db.firstRow(
            of: "SELECT record ->> 'vcenter', record ->> 'vcenter_uuid' FROM seal WHERE run_id = \(id)"
        ) { (try $0.text(0), try $0.textOrNull(1)) }
        guard let name else { throw StoredValueFault(complaint: "lacks the seal of the run") }
        return name
    }
}

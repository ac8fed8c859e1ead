import GRDB
import GuestCustomization

extension HistoryDatabase {
    /// The vCenters of the history, ordered by name.
    package func vCenters() throws -> [RecordedVCenter] {
        try read("read the vCenters of") { db in
            try db.rows(
                of: """
                    SELECT c.name, c.instance_uuid,
                        (
                            SELECT group_concat(address, char(10)) FROM (
                                SELECT address FROM vcenter_address WHERE vcenter_id = c.id ORDER BY last_run_ms DESC, address
                            )
                        ),
                        (SELECT count(*) FROM virtual_machine WHERE vcenter_id = c.id),
                        (SELECT count(*) FROM collection_run WHERE vcenter_id = c.id),
                        (SELECT started_ms FROM collection_run WHERE vcenter_id = c.id ORDER BY id LIMIT 1),
                        (SELECT started_ms FROM collection_run WHERE vcenter_id = c.id ORDER BY id DESC LIMIT 1)
                    FROM vcenter AS c ORDER BY c.name
                    """
            ) { row in
                RecordedVCenter(
                    name: try row.text(0), instanceUUID: try row.textOrNull(1),
                    addresses: try row.textOrNull(2)?.split(separator: "\n").map(String.init) ?? [],
                    virtualMachines: try row.count(3), runs: try row.count(4),
                    firstRunAt: try row.timestampOrNull(5), lastRunAt: try row.timestampOrNull(6))
            }
        }
    }

    /// Gives a vCenter another name. Runs that still reach it by its old name are recorded under the new one, as long as its instance
    /// UUID or its address identifies it.
    ///
    /// - Throws: `vCenterName` if no vCenter has the old name or one has the new name, `vCenterHeld` while a collector holds it.
    package func renameVCenter(_ name: String, to newName: String) async throws {
        let claim = try claimForChange(name)
        let (name, newName) = (name.storable, newName.storable)
        try await write("rename a vCenter in") { [recording, path, amender] db in
            try recording.transaction(db) {
                guard try VCenterRegister.entry(named: newName, db) == nil else {
                    throw HistoryError(
                        .vCenterName,
                        "\(path) already has a vCenter \(newName); give another name, or merge the two with `\(ProgramName.called) vcenter merge`"
                    )
                }
                try db.execute(
                    sql: "UPDATE vcenter SET name = ?, is_name_given = 1 WHERE name = ?", arguments: [newName, name])
                try Amendment.seal(amender.record(.rename, from: name, into: newName), db)
            }
        }
        withExtendedLifetime(claim) {}
    }

    /// Merges two vCenters of the history: moves everything recorded about `source` to `target`, in one transaction.
    ///
    /// VMs with the same managed object id and instance UUID become one, and the customizations are rebuilt from all polls, so that
    /// the result is as if all runs had been recorded under one name.
    /// - Throws: `vCenterName` if a name is unknown, both are the same, or polls of one were pruned, `vCenterHeld` while a collector holds one.
    package func mergeVCenter(_ source: String, into target: String) async throws -> VCenterMergeResult {
        guard source != target else {
            throw HistoryError(.vCenterName, "\(source) cannot be merged into itself; name two vCenters")
        }
        let claims = [try claimForChange(source), try claimForChange(target)]
        let result = try await write("merge vCenters in") { [recording, amender, path] db in
            var result = VCenterMergeResult()
            try recording.transactionWithoutReferences(db) {
                guard let from = try VCenterRegister.entry(named: source.storable, db),
                    let into = try VCenterRegister.entry(named: target.storable, db)
                else { throw DatabaseError(resultCode: .SQLITE_BUSY) }
                for vCenter in [from, into] { try Self.requirePolls(of: vCenter, path, db) }
                for vCenter in [from, into] { try AbandonedRuns(of: vCenter.id).end(recording, db) }
                try BaselineTables.discardUnrecorded(db)
                try Amendment.make(db) {
                    result = try VCenterMerge(from: from, into: into).run(db)
                    return amender.record(.merge, from: from.name, into: into.name)
                }
                if let uuid = into.instanceUUID ?? from.instanceUUID {
                    try Amendment.seal(amender.record(.identify, from: into.name, into: uuid), db)
                }
                try Self.rebuildCustomizations(db)
            }
            recording.forgetRuns()
            return result
        }
        withExtendedLifetime(claims) {}
        return result
    }

    /// Throws if polls of a vCenter were pruned: what two vCenters' polls of one VM come to together cannot be computed without them.
    private static func requirePolls(of vCenter: VCenterRegister.Entry, _ path: String, _ db: Database) throws {
        let lastRun = try Baseline.current(db)?.lastRun ?? 0
        let isPruned = try db.hasRow(
            "SELECT 1 FROM collection_run WHERE vcenter_id = \(vCenter.id) AND id <= \(lastRun)")
        guard isPruned else { return }
        throw HistoryError(
            .vCenterName,
            "cannot merge \(vCenter.name) in \(path): polls of it were pruned, and without them its customizations cannot be joined with another vCenter's; nothing was changed. Keep both, or merge them in a copy from before the prune"
        )
    }

    /// Keeps collectors away from a vCenter while it is changed.
    func claimForChange(_ name: String) throws -> [CollectionClaim] {
        let id = try read("look for a vCenter in") { try VCenterRegister.entry(named: name.storable, $0)?.id }
        guard let id else {
            throw HistoryError(.vCenterName, "there is no vCenter \(name) in \(path)")
        }
        return try [id, CollectionClaim.eventByte(ofVCenter: id)].map { byte in
            if let claim = try CollectionClaim.take(byte: byte, inFileBeside: path) { return claim }
            throw HistoryError(
                .vCenterHeld,
                "a run is collecting from \(name) into \(path); nothing was changed, try again when it has ended")
        }
    }
}

/// The result of merging two vCenters.
package struct VCenterMergeResult: Hashable, Sendable {
    /// Runs that were moved.
    package var runs = 0
    /// VMs that were moved.
    package var virtualMachines = 0
    /// How many of these were known to both and are now one.
    package var joined = 0

    package init() {}
}

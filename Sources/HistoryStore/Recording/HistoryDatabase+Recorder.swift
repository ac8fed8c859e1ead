import GRDB
import GuestCustomization

extension HistoryDatabase: CollectionRecorder {
    package func beginRun(
        vCenter: String, endpoint: Endpoint, at startedAt: Timestamp
    ) async throws -> CollectionRunID {
        try await write("begin a collection run in") { [amender, recording] db in
            var id = CollectionRunID(rawValue: 0)
            try recording.transaction(db) {
                let vCenterID = try Self.vCenterID(vCenter.storable, db)
                try AbandonedRuns(of: vCenterID, at: [endpoint]).end(recording, db)
                // Runs are ordered by their row ids, and above the greatest possible id SQLite would draw them at random.
                _ = try db.firstRow(of: "SELECT max(id) FROM collection_run") { try $0.idOrNull(0) }
                let spans = PollSpans(vCenterID: vCenterID, endpointID: endpoint.storedID)
                let sequence = (try spans.latestRegularRun(db)?.sequence ?? 0) + 1
                try db.execute(
                    sql: """
                        INSERT INTO collection_run (vcenter_id, endpoint_id, collector, started_ms, outcome, sequence, tool_version)
                        VALUES (?, ?, ?, ?, 'running', ?, ?)
                        """,
                    arguments: [
                        vCenterID, endpoint.storedID, amender.collector?.storable, startedAt, sequence,
                        amender.toolVersion.storable,
                    ])
                id = CollectionRunID(rawValue: db.lastInsertedRowID)
            }
            return id
        }
    }

    package func virtualMachinesInDoubt(
        among list: VirtualMachineList, in run: CollectionRunID
    ) async throws -> Set<String> {
        try await write("look for known VMs in", waiting: .untilStopped) { [recording, path] db in
            try recording.run(run, path: path, db).identities.inDoubt(list, db)
        }
    }

    package func virtualMachinesMissing(
        from list: VirtualMachineList, in run: CollectionRunID
    ) async throws -> [VirtualMachine] {
        let listed = Set(list.virtualMachines.map(\.id))
        return try await write("look for known VMs in", waiting: .untilStopped) { [recording, path] db in
            let vCenterID = try recording.run(run, path: path, db).vCenterID
            let known: SQL = """
                SELECT v.moid, v.name FROM listed_virtual_machine AS l JOIN virtual_machine AS v ON v.id = l.vm_id
                WHERE v.vcenter_id = \(vCenterID) AND v.is_current = 1
                """
            var missing: [VirtualMachine] = []
            try db.forEachRow(of: known) { row in
                let id = try row.text(0)
                if !listed.contains(id) { missing.append(VirtualMachine(id: id, name: try row.text(1))) }
            }
            return missing
        }
    }

    package func record(
        _ list: VirtualMachineList, identifiedAs identities: [String: VirtualMachineIdentity?],
        in run: CollectionRunID, at listedAt: Timestamp
    ) async throws -> Set<String> {
        try await write("record the list of VMs in", waiting: .untilStopped) { [recording, path] db in
            var unidentified: Set<String> = []
            try recording.transaction(db) {
                let run = try recording.run(run, path: path, db)
                let writer = ListingWriter(run: run, path: path)
                if try writer.write(list, identifiedAs: identities, at: listedAt, db) {
                    recording.forgetRuns(of: run.vCenterID, but: run)
                }
                unidentified = try run.identities.unidentified(among: list, db)
            }
            return unidentified
        }
    }

    package func virtualMachinesListed(
        before run: CollectionRunID, _ selection: VirtualMachineList.Selection
    ) async throws -> Int? {
        try await write("read the collection runs of", waiting: .untilStopped) { db in
            try db.firstRow(
                of: """
                    SELECT q.vms FROM collection_run AS r
                    JOIN collection_run AS q ON q.vcenter_id = r.vcenter_id AND q.endpoint_id = r.endpoint_id AND q.id < r.id
                    WHERE r.id = \(run.rawValue) AND q.selection = \(selection.rawValue) AND q.vms > 0 ORDER BY q.id DESC LIMIT 1
                    """
            ) { try $0.count(0) }
        }
    }

    package func record(_ identities: [VirtualMachineIdentity], in run: CollectionRunID) async throws {
        try await write("record the identity of VMs in", waiting: .untilStopped) { [recording, path] db in
            try recording.transaction(db) {
                let run = try recording.run(run, path: path, db)
                var isAnother = false
                for identity in identities where try run.identities.record(identity, db) { isAnother = true }
                if isAnother { run.forget() }
            }
        }
    }

    package func append(_ polls: [Poll], to run: CollectionRunID) async throws {
        guard !polls.isEmpty else { return }
        try await write("append polls to", waiting: .untilStopped) { [recording, path] db in
            try recording.transaction(db) {
                try recording.append(polls, to: recording.run(run, path: path, db), path: path, db)
            }
        }
    }

    package func finishRun(_ run: CollectionRunID, as end: CollectionRunEnd) async throws {
        do {
            try await close(run, as: end)
        } catch let error as HistoryError where error.code == .full || error.code == .cannotWrite {
            // Once its content is in the file, the existing log can take this without more space.
            try? await write("empty the log of", waiting: .untilStopped) { _ = try $0.checkpoint(.restart) }
            try await close(run, as: end)
        }
    }

    private func close(_ run: CollectionRunID, as end: CollectionRunEnd) async throws {
        try await write("finish a collection run in", waiting: .untilStopped) { [recording, path] db in
            try recording.transaction(db) {
                let spans = try recording.run(run, path: path, db).spans
                try db.execute(
                    sql: """
                        UPDATE collection_run SET outcome = ?, finished_ms = ?, failure = ?, clock_offset_ms = ?
                        WHERE id = ? AND outcome = 'running'
                        """,
                    arguments: [
                        end.outcome.rawValue, end.finishedAt, end.failure?.storable, end.clockOffsetMilliseconds,
                        run.rawValue,
                    ])
                guard db.changesCount == 1 else { throw HistoryError.runEnded(run, path) }
                try spans.end(run.rawValue, db)
                try EventFold.take(run.rawValue, db)
                try SealedRun.seal(run.rawValue, db)
            }
            recording.close(run)
        }
    }

    static func vCenterID(_ name: String, _ db: Database) throws -> Int64 {
        if let id = try db.firstRow(of: "SELECT id FROM vcenter WHERE name = \(name)", { try $0.id(0) }) { return id }
        try db.execute(sql: "INSERT INTO vcenter (name) VALUES (?)", arguments: [name])
        return db.lastInsertedRowID
    }
}

extension Endpoint {
    /// Row of the table `endpoint`.
    var storedID: Int64 {
        switch self {
        case .customizationLive: 1
        case .customization: 2
        case .events: 3
        }
    }

    init?(storedID: Int64) {
        guard let endpoint = Self.allCases.first(where: { $0.storedID == storedID }) else { return nil }
        self = endpoint
    }
}

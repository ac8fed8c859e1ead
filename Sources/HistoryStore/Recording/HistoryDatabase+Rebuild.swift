import GRDB
import GuestCustomization

extension HistoryDatabase {
    /// Rebuilds `customization` and `last_report` from all polls and answers.
    ///
    /// One transaction; takes about as long as recording the polls did. The metrics' totals stay as they are.
    ///
    /// - Throws: `HistoryDatabaseError`.
    package func rebuildCustomizations() async throws {
        try await write("rebuild the customizations of") { [recording] db in
            try recording.transaction(db) { try Self.rebuildCustomizations(db) }
            recording.forgetRuns()
        }
    }

    /// Rebuilds them within the current transaction.
    static func rebuildCustomizations(_ db: Database) throws {
        try db.execute(
            sql: """
                CREATE TEMP TABLE counted AS SELECT * FROM main.finished_total;
                DELETE FROM last_report;
                DELETE FROM customization;
                """)
        var vms = try Self.untouched(db)
        let runs = try db.rows(of: "SELECT id, endpoint_id FROM collection_run ORDER BY id") {
            Run(id: try $0.id(0), endpointID: try $0.id(1))
        }
        let gone = try Self.gone(db)
        for run in runs {
            for key in gone[run.id] ?? [] { try Self.lose(&vms[key], db) }
            try Self.replay(run, into: &vms, db)
        }
        var reports = LastReportWriter()
        for vm in vms.values { reports.append(vm) }
        try reports.flush(db)
        try db.execute(
            sql: """
                DELETE FROM finished_total;
                INSERT INTO finished_total SELECT * FROM temp.counted;
                DROP TABLE temp.counted;
                """)
    }

    private struct Key: Hashable {
        var vmID: Int64
        var endpointID: Int64
    }

    private struct Run {
        var id: Int64
        var endpointID: Int64
    }

    private static func untouched(_ db: Database) throws -> [Key: TrackedVM] {
        var vms: [Key: TrackedVM] = [:]
        try db.forEachRow(of: "SELECT id, vm_id, endpoint_id FROM virtual_machine_endpoint") { row in
            let key = Key(vmID: try row.id(1), endpointID: try row.id(2))
            vms[key] = TrackedVM(vmID: key.vmID, id: try row.id(0))
        }
        return vms
    }

    /// The VMs that were gone in a run's listing, by the run's row.
    private static func gone(_ db: Database) throws -> [Int64: [Key]] {
        var gone: [Int64: [Key]] = [:]
        try db.forEachRow(
            of: """
                SELECT l.gone_run_id, m.vm_id, m.endpoint_id FROM virtual_machine_listing AS l
                LEFT JOIN virtual_machine_endpoint AS m ON m.id = l.virtual_machine_endpoint_id WHERE l.gone_run_id IS NOT NULL
                """
        ) { row in
            gone[try row.id(0), default: []].append(Key(vmID: try row.id(1), endpointID: try row.id(2)))
        }
        return gone
    }

    private static func lose(_ vm: inout TrackedVM?, _ db: Database) throws {
        guard var known = vm else { return }
        try CustomizationWriter.lose(&known, db)
        vm = known
    }

    private static func replay(_ run: Run, into vms: inout [Key: TrackedVM], _ db: Database) throws {
        let polls = try db.cachedStatement(
            sql: """
                SELECT p.vm_id, r.started_ms + p.offset_ms, p.answer_id, a.result, a.status, a.start_ms, a.end_ms
                FROM collection_run AS r JOIN poll AS p ON p.run_id = r.id LEFT JOIN answer AS a ON a.id = p.answer_id
                WHERE r.id = ? ORDER BY p.vm_id
                """)
        polls.bind([.integer(run.id)])
        try polls.forEachRow(db) { poll in
            let key = Key(vmID: try poll.id(0), endpointID: run.endpointID)
            guard vms[key] != nil else {
                throw StoredValueFault(complaint: "is not the row of a VM that was polled at the run's endpoint")
            }
            let info = try poll.textOrNull(4).map {
                CustomizationInfo(
                    status: CustomizationStatus(rawValue: $0), startTime: try poll.timestampOrNull(5),
                    endTime: try poll.timestampOrNull(6))
            }
            _ = try CustomizationWriter.take(
                answerID: try poll.id(2), result: try poll.word(3), info: info, at: try poll.timestamp(1),
                run: CollectionRunID(rawValue: run.id), &vms[key, default: TrackedVM(vmID: key.vmID, id: 0)], db)
        }
    }
}

import GRDB
import GuestCustomization

extension HistoryDatabase {
    /// Makes `customization` and `last_report` anew from all polls and answers.
    ///
    /// One transaction; takes about as long as recording the polls did. What metrics have counted stays counted as it was.
    public func rebuildCustomizations() async throws {
        try await write("rebuild the customizations of") { [recording] db in
            try recording.transaction(db) { try Self.rebuildCustomizations(db) }
            recording.forgetRuns()
        }
    }

    /// The same within a transaction.
    static func rebuildCustomizations(_ db: Database) throws {
        try db.execute(
            sql: """
                CREATE TEMP TABLE counted AS SELECT * FROM main.finished_total;
                DELETE FROM last_report;
                DELETE FROM customization;
                """)
        var vms = try Self.untouched(db)
        let runs = try Row.fetchAll(db, sql: "SELECT id, endpoint_id, started_ms FROM collection_run ORDER BY id")
        let gone = try Self.gone(db)
        for run in runs {
            for key in gone[run["id"]] ?? [] { try Self.lose(&vms[key], db) }
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

    private static func untouched(_ db: Database) throws -> [Key: TrackedVM] {
        var vms: [Key: TrackedVM] = [:]
        let rows = try Row.fetchCursor(db, sql: "SELECT id, vm_id, endpoint_id FROM virtual_machine_endpoint")
        while let row = try rows.next() {
            vms[Key(vmID: row[1], endpointID: row[2])] = TrackedVM(vmID: row[1], id: row[0])
        }
        return vms
    }

    /// The VMs that a run's listing had no more, by the run's row.
    private static func gone(_ db: Database) throws -> [Int64: [Key]] {
        let rows = try Row.fetchCursor(
            db,
            sql: """
                SELECT l.gone_run_id, m.vm_id, m.endpoint_id FROM virtual_machine_listing AS l
                JOIN virtual_machine_endpoint AS m ON m.id = l.virtual_machine_endpoint_id WHERE l.gone_run_id IS NOT NULL
                """)
        var gone: [Int64: [Key]] = [:]
        while let row = try rows.next() {
            gone[row[0], default: []].append(Key(vmID: row[1], endpointID: row[2]))
        }
        return gone
    }

    private static func lose(_ vm: inout TrackedVM?, _ db: Database) throws {
        guard var known = vm else { return }
        try CustomizationWriter.lose(&known, db)
        vm = known
    }

    private static func replay(_ run: Row, into vms: inout [Key: TrackedVM], _ db: Database) throws {
        let id = CollectionRunID(rawValue: run["id"])
        let startedAt: Int64 = run["started_ms"]
        let polls = try Row.fetchCursor(
            db.cachedStatement(
                sql: """
                    SELECT p.vm_id, p.offset_ms, p.answer_id, a.result, a.status, a.start_ms, a.end_ms
                    FROM poll AS p JOIN answer AS a ON a.id = p.answer_id WHERE p.run_id = ? ORDER BY p.vm_id
                    """), arguments: [id.rawValue])
        while let poll = try polls.next() {
            let key = Key(vmID: poll[0], endpointID: run["endpoint_id"])
            guard let result = Answer.Result(rawValue: poll[3]), vms[key] != nil else {
                throw DatabaseError(resultCode: .SQLITE_CORRUPT, message: "a poll of an unknown result or VM")
            }
            let info = (poll[4] as String?).map {
                CustomizationInfo(status: CustomizationStatus(rawValue: $0), startTime: poll[5], endTime: poll[6])
            }
            _ = try CustomizationWriter.take(
                answerID: poll[2], result: result, info: info,
                at: Timestamp(unixMilliseconds: startedAt + poll[1]), run: id,
                &vms[key, default: TrackedVM(vmID: key.vmID, id: 0)], db)
        }
    }
}

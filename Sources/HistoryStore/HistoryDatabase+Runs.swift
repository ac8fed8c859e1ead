import GRDB
import GuestCustomization

extension HistoryDatabase {
    /// The collection runs that began in a window, with the latest `limit` of them in full.
    public func runReport(
        on window: ReportWindow, matching filter: ReportFilter = ReportFilter(), limit: Int, generatedAt: Timestamp
    ) throws -> RunReport {
        try atOneInstant {
            let runs = try runs(in: window, matching: filter, limit: limit, now: generatedAt)
            let coverage = try coverage(of: window, matching: filter, now: generatedAt)
            return RunReport(
                window: window, generatedAt: generatedAt, runs: runs,
                olderRuns: max(0, coverage.runs - runs.count { window.contains($0.startedAt) }), coverage: coverage)
        }
    }

    /// How the clocks have moved against each other since the run of the same vCenter before this one.
    public func clockStep(at run: CollectionRunID) throws -> ClockStep? {
        try read("read the collection runs of") { db in
            let request: SQLRequest<Row> = """
                SELECT \(Self.offsetBefore), r.clock_offset_ms / 1000.0 FROM collection_run AS r WHERE r.id = \(run.rawValue)
                """
            return try request.fetchOne(db).flatMap { ClockStep(from: $0[0], to: $0[1]) }
        }
    }

    /// How far the vCenter's clock was ahead in the last run on it before `r` in which it told, in seconds. Not by an index, of
    /// which SQLite would sort the runs: the run before is most often a few rows away.
    private static let offsetBefore: SQL = """
        (
            SELECT q.clock_offset_ms / 1000.0 FROM collection_run AS q
            WHERE +q.vcenter_id = r.vcenter_id AND q.id < r.id AND q.id > r.id - 1000 AND q.clock_offset_ms IS NOT NULL
            ORDER BY q.id DESC LIMIT 1
        )
        """

    /// The runs of a window that reaches to now are, by their order, also those that are stamped later than now.
    private func runs(
        in window: ReportWindow, matching filter: ReportFilter, limit: Int, now: Timestamp
    ) throws -> [RecordedRun] {
        try read("read the collection runs of") { db in
            let request: SQLRequest<Row> = """
                SELECT r.id, c.name, r.endpoint_id, r.started_ms, r.listed_ms, r.finished_ms, r.outcome, r.failure, r.vms,
                    r.polls, r.failed_polls, r.tool_version,
                    (r.started_ms - (
                        SELECT q.started_ms FROM collection_run AS q
                        WHERE q.vcenter_id = r.vcenter_id AND q.endpoint_id = r.endpoint_id AND q.reported_polls > 0
                            AND (q.started_ms, q.id) < (r.started_ms, r.id)
                        ORDER BY q.started_ms DESC LIMIT 1
                    )) / 1000.0, r.clock_offset_ms / 1000.0, \(Self.offsetBefore)
                FROM collection_run AS r JOIN vcenter AS c ON c.id = r.vcenter_id
                WHERE r.started_ms >= \(window.since) AND (
                        r.started_ms < \(window.until) OR (
                            \(window.until) >= \(now) AND r.started_ms > \(now)
                            AND r.id > coalesce((SELECT max(id) FROM collection_run WHERE started_ms < \(window.since)), 0)
                        )
                    )
                    AND \(filter.sourceCondition(endpointOf: "r"))
                ORDER BY r.id DESC LIMIT \(limit)
                """
            return try request.fetchAll(db).map { row in
                guard let endpoint = Endpoint(storedID: row[2]), let outcome = CollectionRunOutcome(rawValue: row[6])
                else {
                    throw DatabaseError(
                        resultCode: .SQLITE_CORRUPT, message: "a collection run of unknown endpoint or outcome")
                }
                let id = CollectionRunID(rawValue: row[0])
                let failedPolls: Int = row[10]
                return RecordedRun(
                    id: id, vCenter: row[1], endpoint: endpoint, startedAt: row[3], listedAt: row[4],
                    finishedAt: row[5], outcome: outcome, failure: row[7], virtualMachines: row[8], polls: row[9],
                    failedPolls: failedPolls,
                    commonestFailure: failedPolls == 0 ? nil : try Self.commonestFailure(of: id, db),
                    secondsSinceGoodRun: row[12], clockOffsetSeconds: row[13],
                    clockStep: ClockStep(from: row[14], to: row[13]), toolVersion: row[11])
            }
        }
    }

    private static func commonestFailure(of run: CollectionRunID, _ db: Database) throws -> PollFailure? {
        let request: SQLRequest<Row> = """
            SELECT a.result, a.http_status, a.error_id, a.error_message, a.error_untranslated, v.name, v.shown_name, v.moid
            FROM poll AS p JOIN answer AS a ON a.id = p.answer_id JOIN virtual_machine AS v ON v.id = p.vm_id
            WHERE p.run_id = \(run.rawValue) AND a.is_answer = 0
            """
        var failures = PollFailures()
        for row in try request.fetchAll(db) {
            guard let result = Answer.Result(rawValue: row[0]) else { continue }
            failures.add(
                result, httpStatus: row[1], errorID: row[2], message: row[3], untranslated: row[4],
                names: [row[5], row[6], row[7]])
        }
        return failures.commonest(1).first
    }
}

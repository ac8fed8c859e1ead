import GRDB
import GuestCustomization

extension HistoryDatabase {
    /// The collection runs that began in a window, with the latest `limit` of them in full.
    public func runReport(
        on window: ReportWindow, matching filter: ReportFilter = ReportFilter(), limit: Int, generatedAt: Timestamp
    ) throws -> RunReport {
        let runs = try runs(in: window, matching: filter, limit: limit)
        let coverage = try coverage(of: window, matching: filter)
        return RunReport(
            window: window, generatedAt: generatedAt, runs: runs, olderRuns: max(0, coverage.runs - runs.count),
            coverage: coverage)
    }

    private func runs(in window: ReportWindow, matching filter: ReportFilter, limit: Int) throws -> [RecordedRun] {
        try read("read the collection runs of") { db in
            let request: SQLRequest<Row> = """
                SELECT r.id, c.name, r.endpoint_id, r.started_ms, r.listed_ms, r.finished_ms, r.outcome, r.failure, r.vms,
                    r.polls, r.failed_polls, r.tool_version,
                    (r.started_ms - (
                        SELECT q.started_ms FROM collection_run AS q
                        WHERE q.vcenter_id = r.vcenter_id AND q.endpoint_id = r.endpoint_id AND q.reported_polls > 0
                            AND (q.started_ms, q.id) < (r.started_ms, r.id)
                        ORDER BY q.started_ms DESC LIMIT 1
                    )) / 1000.0, r.clock_offset_ms / 1000.0
                FROM collection_run AS r JOIN vcenter AS c ON c.id = r.vcenter_id
                WHERE r.started_ms >= \(window.since) AND r.started_ms < \(window.until)
                    AND \(filter.sourceCondition(endpointOf: "r"))
                ORDER BY r.started_ms DESC, r.id DESC LIMIT \(limit)
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
                    secondsSinceGoodRun: row[12], clockOffsetSeconds: row[13], toolVersion: row[11])
            }
        }
    }

    private static func commonestFailure(of run: CollectionRunID, _ db: Database) throws -> PollFailure? {
        let failures = Answer.Result.allCases.filter { !$0.isAnswer }
        let request: SQLRequest<Row> = """
            SELECT a.result, a.http_status, a.error_id, a.error_message, count(*)
            FROM poll AS p JOIN answer AS a ON a.id = p.answer_id
            WHERE p.run_id = \(run.rawValue) AND a.result IN \(failures.map(\.rawValue)) GROUP BY a.id
            """
        return PollFailure.commonest(
            of: try request.fetchAll(db).compactMap { row in
                Answer.Result(rawValue: row[0]).map {
                    PollFailure(result: $0, httpStatus: row[1], errorID: row[2], message: row[3], count: row[4])
                }
            })
    }
}

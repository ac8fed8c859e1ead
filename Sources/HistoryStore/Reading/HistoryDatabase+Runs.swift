import GRDB
import GuestCustomization

extension HistoryDatabase {
    /// The collection runs that began in a window, with the latest `limit` of them in full.
    package func runReport(
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

    /// How the two clocks have shifted relative to each other since the previous run of the same vCenter; `nil` if they have not, or if
    /// that is not known.
    package func clockStep(at run: CollectionRunID) throws -> ClockStep? {
        try read("read the collection runs of") { db in
            let step = try db.firstRow(
                of:
                    "SELECT \(Self.offsetBefore), r.clock_offset_ms FROM collection_run AS r WHERE r.id = \(run.rawValue)"
            ) { ClockStep(from: try $0.spanSecondsOrNull(0), to: try $0.spanSecondsOrNull(1)) }
            return step ?? nil
        }
    }

    /// How far the vCenter's clock was ahead in the last run before `r` in which it sent a date. No index is used, because SQLite
    /// would then sort the runs: the previous run is usually a few rows away.
    private static let offsetBefore: SQL = """
        (
            SELECT q.clock_offset_ms FROM collection_run AS q
            WHERE +q.vcenter_id = r.vcenter_id AND q.id < r.id AND q.id > r.id - 1000 AND q.clock_offset_ms IS NOT NULL
            ORDER BY q.id DESC LIMIT 1
        )
        """

    /// A window that reaches to now also includes the runs that, by their order, belong to it but are stamped later than now.
    private func runs(
        in window: ReportWindow, matching filter: ReportFilter, limit: Int, now: Timestamp
    ) throws -> [RecordedRun] {
        try read("read the collection runs of") { db in
            // Runs of other histories got their numbers when they were merged.
            let isMerged = try db.count("SELECT count(*) FROM tree") > 1
            let order: SQL = isMerged ? "r.started_ms DESC, r.id DESC" : "r.id DESC"
            let query: SQL = """
                SELECT r.id, c.name, r.endpoint_id, r.started_ms, r.listed_ms, r.finished_ms, r.outcome, r.failure, r.vms,
                    r.polls, r.failed_polls, r.tool_version,
                    r.started_ms - (
                        SELECT q.started_ms FROM collection_run AS q
                        WHERE q.vcenter_id = r.vcenter_id AND q.endpoint_id = r.endpoint_id AND q.reported_polls > 0
                            AND (q.started_ms, q.id) < (r.started_ms, r.id)
                        ORDER BY q.started_ms DESC LIMIT 1
                    ), r.clock_offset_ms, \(Self.offsetBefore), r.events
                FROM collection_run AS r LEFT JOIN vcenter AS c ON c.id = r.vcenter_id
                WHERE r.started_ms >= \(window.since) AND (
                        r.started_ms < \(window.until) OR (
                            \(window.until) >= \(now) AND r.started_ms > \(now)
                            AND r.id > coalesce((
                                SELECT max(q.id) FROM collection_run AS q WHERE q.vcenter_id = r.vcenter_id AND q.started_ms < \(window.since)
                            ), 0)
                        )
                    )
                    AND \(filter.sourceCondition(endpointOf: "r"))
                ORDER BY \(order) LIMIT \(limit)
                """
            var runs = try db.rows(of: query) { try RecordedRun($0) }
            for index in runs.indices where runs[index].failedPolls > 0 {
                runs[index].commonestFailure = try Self.commonestFailure(of: runs[index].id, db)
            }
            return runs
        }
    }

    private static func commonestFailure(of run: CollectionRunID, _ db: Database) throws -> PollFailure? {
        let query: SQL = """
            SELECT a.result, a.http_status, a.error_id, a.error_message, a.error_untranslated, v.name, v.shown_name, v.moid
            FROM poll AS p LEFT JOIN answer AS a ON a.id = p.answer_id LEFT JOIN virtual_machine AS v ON v.id = p.vm_id
            WHERE p.run_id = \(run.rawValue) AND ifnull(a.is_answer, 0) = 0
            """
        var failures = PollFailures()
        try db.forEachRow(of: query) { row in
            failures.add(
                try row.word(0), httpStatus: try row.httpStatusOrNull(1), errorID: try row.textOrNull(2),
                message: try row.textOrNull(3), untranslated: try row.textOrNull(4),
                names: [try row.text(5), try row.text(6), try row.text(7)])
        }
        return failures.commonest(1).first
    }
}

extension RecordedRun {
    fileprivate init(_ row: StatementColumns) throws {
        let clockOffset = try row.spanSecondsOrNull(13)
        self.init(
            id: CollectionRunID(rawValue: try row.id(0)), vCenter: try row.text(1), endpoint: try row.endpoint(2),
            startedAt: try row.timestamp(3), listedAt: try row.timestampOrNull(4),
            finishedAt: try row.timestampOrNull(5),
            outcome: try row.word(6), failure: try row.textOrNull(7), virtualMachines: try row.count(8),
            polls: try row.count(9), failedPolls: try row.count(10), commonestFailure: nil,
            secondsSinceGoodRun: try row.spanSecondsOrNull(12), clockOffsetSeconds: clockOffset,
            clockStep: ClockStep(from: try row.spanSecondsOrNull(14), to: clockOffset), toolVersion: try row.text(11))
        events = try row.count(15)
    }
}

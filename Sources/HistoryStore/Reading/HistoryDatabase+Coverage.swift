import GRDB
import GuestCustomization

extension HistoryDatabase {
    /// How well the history covers a window (definition 9 of docs/design.md §2), as of now.
    ///
    /// - Throws: `HistoryError`.
    package func coverage(
        of window: ReportWindow, matching filter: ReportFilter, now: Timestamp
    ) throws -> ReportCoverage {
        try read("read the collection runs of") { db in
            try Self.requireVCenters(db)
            var coverage = try Self.runs(in: window, matching: filter, db)
            coverage.runsStampedLater = try Self.runsStamped(after: now, matching: filter, db)
            (coverage.endedLater, coverage.failedLater) =
                try Self.ended(after: max(window.until, now), shownBefore: window.until, matching: filter, db)
            let knownUntil = min(window.until, now)
            let reader = WatchReader(window: window, knownUntil: knownUntil, filter: filter)
            coverage.firstGoodRunAt = try reader.firstGoodRun(db)
            if window.since < knownUntil {
                coverage.vCenters = try reader.read(db)
                coverage.longestGapSeconds =
                    coverage.vCenters.map(\.longestGapSeconds).max() ?? knownUntil.seconds(since: window.since)
            }
            coverage.lastGoodPollAt = try Self.lastGoodPoll(before: window.until, matching: filter, db)
            (coverage.virtualMachinesWithoutData, coverage.listedWithoutData) =
                try Self.withoutData(in: window, matching: filter, db)
            coverage.pruned = try PrunedPolls.latest(db).flatMap { window.since < $0.before ? $0 : nil }
            return coverage
        }
    }

    /// The tables of a query on the runs of a window, in the order that makes SQLite use their index.
    static let runsBySource: SQL = """
        vcenter AS c CROSS JOIN endpoint AS e
        CROSS JOIN collection_run AS r ON r.vcenter_id = c.id AND r.endpoint_id = e.id
        """

    /// Throws if a run refers to a vCenter that does not exist, since it would be left out silently. Steps from one vCenter to the next
    /// by the index.
    private static func requireVCenters(_ db: Database) throws {
        let isBroken = try db.hasRow(
            """
            WITH RECURSIVE source (id) AS (
                SELECT min(vcenter_id) FROM collection_run
                UNION ALL
                SELECT (SELECT min(vcenter_id) FROM collection_run WHERE vcenter_id > source.id) FROM source WHERE id IS NOT NULL
            )
            SELECT 1 FROM source WHERE id IS NOT NULL AND id NOT IN (SELECT id FROM vcenter) LIMIT 1
            """)
        if isBroken { throw StoredValueFault(complaint: "names no row of vcenter") }
    }

    private static func runs(
        in window: ReportWindow, matching filter: ReportFilter, _ db: Database
    ) throws -> ReportCoverage {
        // Not GROUP BY, which would sort all runs.
        let counts = CollectionRunOutcome.allCases.map { "sum(r.outcome = \($0.rawValue))" as SQL }
        let query: SQL = """
            SELECT count(*), \(counts.joined(separator: ", ")) FROM \(Self.runsBySource)
            WHERE r.started_ms >= \(window.since) AND r.started_ms < \(window.until)
                AND \(filter.sourceCondition(endpointOf: "r"))
            """
        var coverage = ReportCoverage()
        try db.forEachRow(of: query) { row in
            coverage.runs = try row.count(0)
            guard coverage.runs > 0 else { return }
            var known = 0
            for (column, outcome) in CollectionRunOutcome.allCases.enumerated() {
                let count = try row.count(CInt(1 + column))
                known += count
                switch outcome {
                case .complete: coverage.complete = count
                case .partial: coverage.partial = count
                case .failed: coverage.failed = count
                case .interrupted: coverage.interrupted = count
                case .running: break
                }
            }
            guard known == coverage.runs else { throw StoredValueFault(complaint: StatementColumns.unknownWord) }
        }
        return coverage
    }

    private static func runsStamped(after now: Timestamp, matching filter: ReportFilter, _ db: Database) throws -> Int {
        try db.count(
            """
            SELECT count(*) FROM \(Self.runsBySource)
            WHERE r.started_ms > \(now) AND \(filter.sourceCondition(endpointOf: "r"))
            """)
    }

    /// Customizations whose end lies at or after an instant that has not come, although polls before the window's end, or events, show them
    /// as finished.
    private static func ended(
        after future: Timestamp, shownBefore until: Timestamp, matching filter: ReportFilter, _ db: Database
    ) throws -> (all: Int, failed: Int) {
        let query: SQL = """
            SELECT count(*), ifnull(sum(u.outcome = 'failed'), 0)
            FROM customization AS u
            CROSS JOIN virtual_machine_endpoint AS m ON m.id = u.virtual_machine_endpoint_id
            CROSS JOIN virtual_machine AS v ON v.id = m.vm_id
            CROSS JOIN vcenter AS c ON c.id = v.vcenter_id
            WHERE u.window_ms >= \(future) AND u.outcome IN ('succeeded', 'failed') AND u.same_as IS NULL
                AND (u.end_first_polled_ms < \(until) OR u.identity_basis = 'event')
                AND \(filter.sourceCondition(endpointOf: "m")) AND (\(filter.vmCondition))
            """
        return try db.firstRow(of: query) { (try $0.count(0), try $0.count(1)) } ?? (0, 0)
    }

    /// Usually the figures of the latest run have it. Polls are read only of runs that went on after `until`, or if some VMs are selected
    /// and one of them also reported after `until`.
    private static func lastGoodPoll(
        before until: Timestamp, matching filter: ReportFilter, _ db: Database
    ) throws -> Timestamp? {
        var latest: Timestamp?
        if !filter.vms.isEmpty {
            let known: SQL = """
                SELECT max(iif(l.last_reported_ms < \(until), l.last_reported_ms, NULL)), coalesce(max(l.last_reported_ms) >= \(until), FALSE)
                FROM virtual_machine AS v
                JOIN vcenter AS c ON c.id = v.vcenter_id
                JOIN virtual_machine_endpoint AS m ON m.vm_id = v.id
                JOIN last_report AS l ON l.virtual_machine_endpoint_id = m.id
                WHERE \(filter.sourceCondition(endpointOf: "m")) AND (\(filter.vmCondition))
                """
            let found = try db.firstRow(of: known) { (latest: try $0.timestampOrNull(0), isHidden: try $0.flag(1)) }
            guard let found, found.isHidden else { return found?.latest }
            latest = found.latest
        }
        // Each condition has an index.
        for state: SQL in ["r.outcome = 'running'", "r.outcome <> 'running'"] {
            let runs: SQL = """
                SELECT r.id, r.last_reported_ms FROM collection_run AS r JOIN vcenter AS c ON c.id = r.vcenter_id
                WHERE \(state) AND r.started_ms < \(until) AND r.last_reported_ms IS NOT NULL AND \(filter.sourceCondition(endpointOf: "r"))
                ORDER BY r.last_reported_ms DESC
                """
            try db.readRows(
                of: runs,
                while: { run in
                    let end = try run.timestamp(1)
                    if let latest, latest >= end { return false }
                    if filter.vms.isEmpty, end < until {
                        latest = end
                        return false
                    }
                    let found = try lastGoodPoll(in: run.id(0), before: until, matching: filter, db)
                    latest = [latest, found].compactMap(\.self).max()
                    return true
                })
        }
        return latest
    }

    private static func lastGoodPoll(
        in run: Int64, before until: Timestamp, matching filter: ReportFilter, _ db: Database
    ) throws -> Timestamp? {
        let polls: SQL = """
            SELECT max(p.polled_ms)
            FROM poll AS p
            JOIN answer AS a ON a.id = p.answer_id
            JOIN virtual_machine AS v ON v.id = p.vm_id
            WHERE p.run_id = \(run) AND a.result = 'reported' AND p.polled_ms < \(until) AND (\(filter.vmCondition))
            """
        return try db.firstRow(of: polls) { try $0.timestampOrNull(0) } ?? nil
    }

    /// A pruned poll may have been good: a VM that has one is not counted.
    ///
    /// Most VMs reported in the latest run, which is why it is looked at first: that takes a fifth of the time of working out a VM's latest
    /// report. The latter is compared once, since SQLite works it out each time it is named. Polls are read, one or two rows
    /// for each VM, only if a VM also reported after the window: of the runs that began in the window and the one before, which may
    /// have listed in it, since a run lists after it began and before the next one begins.
    private static func withoutData(
        in window: ReportWindow, matching filter: ReportFilter, _ db: Database
    ) throws -> (all: Int, listed: Int) {
        let query: SQL = """
            WITH source AS (
                SELECT c.id AS vcenter_id, e.id AS endpoint_id, (
                    SELECT max(r.started_ms) FROM collection_run AS r
                    WHERE r.vcenter_id = c.id AND r.endpoint_id = e.id AND r.started_ms < \(window.since)
                ) AS last_before_ms
                FROM vcenter AS c CROSS JOIN endpoint AS e
            ), listed AS (
                SELECT vcenter_id, endpoint_id, coalesce(last_before_ms, \(window.since)) AS first_started_ms, (
                    SELECT r.id FROM collection_run AS r
                    WHERE r.vcenter_id = s.vcenter_id AND r.endpoint_id = s.endpoint_id
                        AND r.started_ms < \(window.until) AND r.listed_ms < \(window.until)
                    ORDER BY r.started_ms DESC, r.id DESC LIMIT 1
                ) AS last_id, (
                    SELECT r.id FROM collection_run AS r
                    WHERE r.vcenter_id = s.vcenter_id AND r.endpoint_id = s.endpoint_id
                        AND r.started_ms >= coalesce(s.last_before_ms, \(window.since)) AND r.started_ms < \(window.until)
                        AND r.listed_ms >= \(window.since) AND r.listed_ms < \(window.until)
                    ORDER BY r.started_ms, r.id LIMIT 1
                ) AS first_id, (
                    SELECT r.id FROM collection_run AS r
                    WHERE r.started_ms >= \(window.since) AND r.finished_ms < \(window.until) AND r.id = (
                        SELECT max(q.id) FROM collection_run AS q
                        WHERE q.is_regular = 1 AND q.vcenter_id = s.vcenter_id AND q.endpoint_id = s.endpoint_id
                    )
                ) AS whole_id
                FROM source AS s
            )
            SELECT count(*), ifnull(sum(v.id IN (SELECT vm_id FROM listed_virtual_machine)), 0)
            FROM virtual_machine AS v JOIN vcenter AS c ON c.id = v.vcenter_id
            WHERE (\(filter.vmCondition)) AND EXISTS (
                SELECT 1 FROM virtual_machine_endpoint AS m
                JOIN listed AS s ON s.vcenter_id = v.vcenter_id AND s.endpoint_id = m.endpoint_id
                JOIN virtual_machine_listing AS l ON l.virtual_machine_endpoint_id = m.id
                WHERE m.vm_id = v.id AND \(filter.sourceCondition(endpointOf: "m"))
                    AND l.first_run_id <= s.last_id AND coalesce(l.gone_run_id > coalesce(s.first_id, s.last_id), TRUE)
            ) AND NOT EXISTS (
                SELECT 1 FROM virtual_machine_endpoint AS m
                JOIN listed AS s ON s.vcenter_id = v.vcenter_id AND s.endpoint_id = m.endpoint_id
                JOIN poll_span AS l ON l.virtual_machine_endpoint_id = m.id AND l.last_run_id IS NULL
                JOIN latest_answer AS n ON n.virtual_machine_endpoint_id = m.id
                JOIN answer AS a ON a.id = n.answer_id
                WHERE m.vm_id = v.id AND \(filter.sourceCondition(endpointOf: "m")) AND a.result = 'reported'
                    AND l.first_run_id <= s.whole_id AND n.since_run_id <= s.whole_id
            ) AND NOT EXISTS (
                SELECT 1 FROM virtual_machine_endpoint AS m
                JOIN listed AS s ON s.vcenter_id = v.vcenter_id AND s.endpoint_id = m.endpoint_id
                JOIN last_report ON virtual_machine_endpoint_id = m.id
                LEFT JOIN prune AS q ON q.id = (SELECT max(id) FROM prune WHERE leaf IS NOT NULL)
                WHERE m.vm_id = v.id AND \(filter.sourceCondition(endpointOf: "m"))
                    AND (last_report.last_reported_ms BETWEEN \(window.since) AND \(window.until) - 1
                    OR last_report.last_reported_ms >= \(window.until) AND (EXISTS (
                        SELECT 1 FROM collection_run AS r
                        JOIN poll AS p ON p.run_id = r.id AND p.virtual_machine_endpoint_id = m.id
                        JOIN answer AS a ON a.id = p.answer_id
                        WHERE r.vcenter_id = v.vcenter_id AND r.endpoint_id = m.endpoint_id
                            AND r.started_ms >= s.first_started_ms AND r.started_ms < \(window.until)
                            AND r.last_reported_ms >= \(window.since)
                            AND a.result = 'reported' AND p.polled_ms >= \(window.since) AND p.polled_ms < \(window.until)
                    ) OR EXISTS (
                        SELECT 1 FROM baseline_span AS b
                        JOIN collection_run AS r ON r.id >= b.first_run_id AND r.id <= ifnull(b.last_run_id, q.last_run_id)
                        WHERE b.virtual_machine_endpoint_id = m.id AND b.prune_id = q.id
                            AND r.vcenter_id = v.vcenter_id AND r.endpoint_id = m.endpoint_id AND r.reported_polls > 0
                            AND r.started_ms >= \(window.since) AND r.started_ms < \(window.until)
                    )))
            )
            """
        return try db.firstRow(of: query) { (try $0.count(0), try $0.count(1)) } ?? (0, 0)
    }
}

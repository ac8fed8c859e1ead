import GRDB
import GuestCustomization

extension HistoryDatabase {
    /// The figures of every vCenter that a run was ever tried on, and of each endpoint of it, up to the window's end, which is now.
    ///
    /// What is the latest goes by the order of runs: one that is stamped later than now, when our clock was wrong, is passed over.
    public func metrics(on window: ReportWindow, stuckAfterSeconds: Double = 3600) throws -> HistoryMetrics {
        try atOneInstant {
            var figures = SourceFigures(window: window, stuckAfterSeconds: stuckAfterSeconds)
            try addCustomizations(since: window.since, matching: ReportFilter(), to: &figures)
            let sources = try read("read the collection runs of") { try Self.sources($0, now: window.until) }
            return HistoryMetrics(
                window: window,
                vCenters: try read("read the vCenters of") { db in
                    try Self.vCenters(db, now: window.until, stuckAfterSeconds: stuckAfterSeconds)
                },
                sources: try sources.map { source in
                    var source = source
                    let coverage = try coverage(
                        of: window, matching: ReportFilter(vCenters: [source.vCenter], endpoints: [source.endpoint]),
                        now: window.until)
                    source.figures = figures.figures(of: .init(source.vCenter, source.endpoint))
                    source.virtualMachinesWithoutData = coverage.virtualMachinesWithoutData
                    return source
                })
        }
    }

    /// A run that polled all that it should and got an answer to every poll. Condition on `collection_run AS r`.
    private static let isGood: SQL = "r.outcome = 'complete' AND r.selection <> 'chosen'"

    /// Every vCenter, those included that no run has begun on yet.
    private static func vCenters(
        _ db: Database, now: Timestamp, stuckAfterSeconds: Double
    ) throws -> [VCenterMetrics] {
        let names: SQLRequest<Row> = """
            SELECT c.name, (
                SELECT g.finished_ms FROM collection_run AS g WHERE g.id = (
                    SELECT max(r.id) FROM collection_run AS r
                    WHERE r.vcenter_id = c.id AND \(isGood) AND r.finished_ms <= \(now)
                )
            ) FROM vcenter AS c ORDER BY c.name
            """
        var vCenters = try names.fetchAll(db).map { VCenterMetrics(name: $0[0], lastGoodRunAt: $0[1]) }
        let positions = Dictionary(uniqueKeysWithValues: vCenters.indices.map { (vCenters[$0].name, $0) })

        // Definition 8: listed, and the latest that ended, of all time, failed.
        let failing: SQLRequest<Row> = """
            SELECT vcenter, vm, vm_name, error_id, error_message, error_untranslated FROM latest_error
            WHERE recovered_at IS NULL AND is_listed
            """
        for row in try failing.fetchAll(db) {
            guard let position = positions[row[0]] else { continue }
            let error = ReportedError(id: row[3], message: row[4], untranslated: row[5])
            vCenters[position].addFailing(cause: error.cause(names: [row[1], row[2]]))
        }

        var stuck: Set<CustomizedVM> = []
        let unfinished: SQLRequest<Row> = """
            \(CustomizationReader.rows) WHERE u.outcome = 'running' OR u.outcome = 'pending'
            """
        try CustomizationReader(of: "TRUE", db).forEach(unfinished, db) {
            if $0.isStuck(after: stuckAfterSeconds), stuck.insert($0.vm).inserted,
                let position = positions[$0.vm.vCenter]
            {
                vCenters[position].stuck += 1
            }
        }
        return vCenters
    }

    /// Every vCenter and endpoint that a run was begun on, with what does not depend on the window.
    private static func sources(_ db: Database, now: Timestamp) throws -> [SourceMetrics] {
        let request: SQLRequest<Row> = """
            SELECT c.name, l.endpoint_id, c.id,
                (SELECT started_ms FROM collection_run WHERE id = l.latest),
                (SELECT finished_ms FROM collection_run WHERE id = l.latest_good),
                (SELECT last_reported_ms FROM collection_run WHERE id = l.latest_reported),
                (SELECT vms FROM collection_run WHERE id = l.latest_listing)
            FROM (
                SELECT r.vcenter_id, r.endpoint_id,
                    max(iif(r.started_ms <= \(now), r.id, NULL)) AS latest,
                    max(iif(\(isGood) AND r.finished_ms <= \(now), r.id, NULL)) AS latest_good,
                    max(iif(r.last_reported_ms <= \(now), r.id, NULL)) AS latest_reported,
                    max(iif(r.selection <> 'chosen' AND r.vms > 0, r.id, NULL)) AS latest_listing
                FROM collection_run AS r GROUP BY r.vcenter_id, r.endpoint_id
            ) AS l JOIN vcenter AS c ON c.id = l.vcenter_id
            ORDER BY c.name, l.endpoint_id
            """
        let totals = try totals(db)
        return try request.fetchAll(db).map { row in
            guard let endpoint = Endpoint(storedID: row[1]) else {
                throw DatabaseError(resultCode: .SQLITE_CORRUPT, message: "a collection run of unknown endpoint")
            }
            return SourceMetrics(
                vCenter: row[0], endpoint: endpoint, figures: CustomizationFigures(), virtualMachinesWithoutData: 0,
                virtualMachines: row[6], totals: totals[[row[2], row[1]]] ?? SourceMetrics.Totals(), lastRunAt: row[3],
                lastGoodRunAt: row[4], lastGoodPollAt: row[5])
        }
    }

    /// What was counted since the history began, by the rows of vCenter and endpoint. None of it ever falls.
    private static func totals(_ db: Database) throws -> [[Int64]: SourceMetrics.Totals] {
        var totals: [[Int64]: SourceMetrics.Totals] = [:]
        let runs: SQLRequest<Row> = """
            SELECT vcenter_id, endpoint_id, outcome, sum(runs), sum(polls), sum(failed_polls) FROM (
                SELECT vcenter_id, endpoint_id, outcome, 1 AS runs, polls, failed_polls FROM collection_run
                UNION ALL SELECT * FROM pruned_run_total
            ) GROUP BY 1, 2, 3
            """
        for row in try runs.fetchAll(db) {
            let source: [Int64] = [row[0], row[1]]
            if let outcome = CollectionRunOutcome(rawValue: row[2]), outcome != .running {
                totals[source, default: SourceMetrics.Totals()].runs[outcome] = row[3]
            }
            totals[source, default: SourceMetrics.Totals()].polls += row[4]
            totals[source, default: SourceMetrics.Totals()].failedPolls += row[5]
        }
        let finished: SQLRequest<Row> = """
            SELECT vcenter_id, endpoint_id, outcome, bound_seconds, customizations, seconds FROM finished_total
            """
        for row in try finished.fetchAll(db) {
            let count: Int = row[4]
            let source: [Int64] = [row[0], row[1]]
            var total = totals[source] ?? SourceMetrics.Totals()
            if row[2] == CustomizationOutcome.failed.rawValue {
                total.failed += count
            } else {
                total.succeeded += count
            }
            total.durations.add(count, upTo: row[3], sumSeconds: row[5])
            totals[source] = total
        }
        return totals
    }
}

extension DurationTotals {
    /// Adds customizations of one row of `finished_total`.
    fileprivate mutating func add(_ count: Int, upTo bound: Int, sumSeconds: Double) {
        guard bound != 0 else { return }
        self.count += count
        self.sumSeconds += sumSeconds
        for (index, upper) in Self.upperBounds.enumerated() where bound > 0 && bound <= upper { counts[index] += count }
    }
}

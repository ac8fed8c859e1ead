import GRDB
import GuestCustomization

extension HistoryDatabase {
    /// The figures of every vCenter on which a run was ever attempted, and of each of its endpoints, up to the window's end, which is now.
    ///
    /// The latest run is determined by the order of runs; runs stamped later than now, when our clock was wrong, are ignored.
    ///
    /// - Parameter stuckAfterSeconds: A customization that was running or pending for longer counts as stuck (definition 6).
    /// - Throws: `HistoryError`.
    package func metrics(on window: ReportWindow, stuckAfterSeconds: Double = 3600) throws -> HistoryMetrics {
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
                    source.virtualMachinesWithoutData = coverage.listedWithoutData
                    return source
                })
        }
    }

    /// A run in which all VMs were polled and every poll got an answer. Condition on `collection_run AS r`.
    private static let isGood: SQL = "r.outcome = 'complete' AND r.selection <> 'chosen'"

    /// A run that read all new events; it selects no VMs.
    private static let isGoodReading: SQL = "r.outcome = 'complete' AND r.endpoint_id = \(Endpoint.events.storedID)"

    /// Every vCenter, including those on which no run has begun yet.
    private static func vCenters(
        _ db: Database, now: Timestamp, stuckAfterSeconds: Double
    ) throws -> [VCenterMetrics] {
        let names: SQL = """
            SELECT c.name, (
                SELECT g.finished_ms FROM collection_run AS g WHERE g.id = (
                    SELECT max(r.id) FROM collection_run AS r
                    WHERE r.vcenter_id = c.id AND \(isGood) AND r.finished_ms <= \(now)
                )
            ) FROM vcenter AS c ORDER BY c.name
            """
        var vCenters = try db.rows(of: names) {
            VCenterMetrics(name: try $0.text(0), lastGoodRunAt: try $0.timestampOrNull(1))
        }
        let positions = Dictionary(
            vCenters.indices.map { (vCenters[$0].name, $0) }, uniquingKeysWith: { first, _ in first })

        // Definition 8: listed, and the most recently ended customization of all time failed.
        let failing: SQL = """
            SELECT vcenter, vm, vm_name, error_id, error_message, error_untranslated FROM latest_error
            WHERE recovered_at IS NULL AND is_listed
            """
        try db.forEachRow(of: failing) { row in
            guard let position = positions[try row.text(0)] else { return }
            let error = ReportedError(
                id: try row.textOrNull(3), message: try row.textOrNull(4), untranslated: try row.textOrNull(5))
            vCenters[position].addFailing(cause: error.cause(names: [try row.text(1), try row.text(2)]))
        }
        try addStuck(after: stuckAfterSeconds, to: &vCenters, at: positions, db)
        return vCenters
    }

    private static func addStuck(
        after stuckAfterSeconds: Double, to vCenters: inout [VCenterMetrics], at positions: [String: Int],
        _ db: Database
    ) throws {
        var stuck: Set<CustomizedVM> = []
        let unfinished: SQL = """
            \(CustomizationReader.rows) WHERE (u.outcome = 'running' OR u.outcome = 'pending') AND \(CustomizationReader.isCounted(among: []))
            """
        try CustomizationReader(of: "TRUE", db).forEach(unfinished, db) {
            if $0.isStuck(after: stuckAfterSeconds), stuck.insert($0.vm).inserted,
                let position = positions[$0.vm.vCenter]
            {
                vCenters[position].stuck += 1
            }
        }
    }

    /// Every vCenter and endpoint on which a run began, with the figures that do not depend on the window.
    private static func sources(_ db: Database, now: Timestamp) throws -> [SourceMetrics] {
        let query: SQL = """
            SELECT c.name, l.endpoint_id, l.vcenter_id,
                (SELECT started_ms FROM collection_run WHERE id = l.latest),
                (SELECT finished_ms FROM collection_run WHERE id = l.latest_good),
                (SELECT last_reported_ms FROM collection_run WHERE id = l.latest_reported),
                (SELECT vms FROM collection_run WHERE id = l.latest_listing)
            FROM (
                SELECT r.vcenter_id, r.endpoint_id,
                    max(iif(r.started_ms <= \(now), r.id, NULL)) AS latest,
                    max(iif((\(isGood) OR \(isGoodReading)) AND r.finished_ms <= \(now), r.id, NULL)) AS latest_good,
                    max(iif(r.last_reported_ms <= \(now), r.id, NULL)) AS latest_reported,
                    max(iif(r.selection <> 'chosen' AND r.vms > 0, r.id, NULL)) AS latest_listing
                FROM collection_run AS r GROUP BY r.vcenter_id, r.endpoint_id
            ) AS l LEFT JOIN vcenter AS c ON c.id = l.vcenter_id
            ORDER BY c.name, l.endpoint_id
            """
        let totals = try totals(db)
        return try db.rows(of: query) { row in
            SourceMetrics(
                vCenter: try row.text(0), endpoint: try row.endpoint(1), figures: CustomizationFigures(),
                virtualMachinesWithoutData: 0, virtualMachines: try row.countOrNull(6),
                totals: totals[[try row.id(2), try row.id(1)]] ?? SourceMetrics.Totals(),
                lastRunAt: try row.timestampOrNull(3), lastGoodRunAt: try row.timestampOrNull(4),
                lastGoodPollAt: try row.timestampOrNull(5))
        }
    }

    /// Totals since the history began, by the rows of vCenter and endpoint. They never decrease.
    private static func totals(_ db: Database) throws -> [[Int64]: SourceMetrics.Totals] {
        var totals: [[Int64]: SourceMetrics.Totals] = [:]
        let runs: SQL = """
            SELECT vcenter_id, endpoint_id, outcome, count(*), sum(polls), sum(failed_polls) FROM collection_run
            GROUP BY 1, 2, 3
            """
        try db.forEachRow(of: runs) { row in
            let source = [try row.id(0), try row.id(1)]
            let outcome = try row.word(2, as: CollectionRunOutcome.self)
            var total = totals[source] ?? SourceMetrics.Totals()
            if outcome != .running { total.runs[outcome] = try row.countSum(3) }
            total.polls += try row.countSum(4)
            total.failedPolls += try row.countSum(5)
            totals[source] = total
        }
        // There is one row for each of a few bounds, so no sum overflows.
        let finished: SQL = """
            SELECT vcenter_id, endpoint_id, outcome, bound_seconds, customizations, seconds FROM finished_total
            WHERE bound_seconds <= 0 OR bound_seconds IN (SELECT seconds FROM duration_bound)
            """
        try db.forEachRow(of: finished) { row in
            let count = try row.count(4)
            let source = [try row.id(0), try row.id(1)]
            var total = totals[source] ?? SourceMetrics.Totals()
            switch try row.word(2, as: CustomizationOutcome.self) {
            case .failed: total.failed += count
            case .succeeded: total.succeeded += count
            default: throw StoredValueFault(complaint: StatementColumns.unknownWord)
            }
            total.durations.add(count, upTo: try row.durationBound(3), sumSeconds: try row.sumSeconds(5))
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

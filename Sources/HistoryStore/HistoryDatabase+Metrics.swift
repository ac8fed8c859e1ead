import GRDB
import GuestCustomization

extension HistoryDatabase {
    /// The figures of every vCenter and endpoint that a collection run was ever begun on.
    public func metrics(on window: ReportWindow, stuckAfterSeconds: Double = 3600) throws -> HistoryMetrics {
        try atOneInstant { try currentMetrics(on: window, stuckAfterSeconds: stuckAfterSeconds) }
    }

    private func currentMetrics(on window: ReportWindow, stuckAfterSeconds: Double) throws -> HistoryMetrics {
        var figures = SourceFigures(window: window, stuckAfterSeconds: stuckAfterSeconds)
        try addCustomizations(since: window.since, matching: ReportFilter(), to: &figures)
        let sources = try read("read the collection runs of") { try Self.sources($0) }
        return HistoryMetrics(
            window: window,
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

    /// Every vCenter and endpoint with what does not depend on the window.
    private static func sources(_ db: Database) throws -> [SourceMetrics] {
        let ended: [CollectionRunOutcome] = [.complete, .partial, .failed, .interrupted]
        let request: SQLRequest<Row> = """
            SELECT c.name, r.endpoint_id, c.id, max(r.started_ms), max(iif(r.outcome = 'complete' AND r.is_whole, r.finished_ms, NULL)),
                max(r.last_reported_ms), sum(r.polls), sum(r.failed_polls),
                (
                    SELECT q.vms FROM collection_run AS q
                    WHERE q.vcenter_id = r.vcenter_id AND q.endpoint_id = r.endpoint_id AND q.is_whole
                    ORDER BY q.started_ms DESC, q.id DESC LIMIT 1
                ),
                \(ended.map { "sum(r.outcome = \($0.rawValue))" as SQL }.joined(separator: ", "))
            FROM collection_run AS r JOIN vcenter AS c ON c.id = r.vcenter_id
            GROUP BY c.id, r.endpoint_id ORDER BY c.name, r.endpoint_id
            """
        let customizations = try totals(db)
        return try request.fetchAll(db).map { row in
            guard let endpoint = Endpoint(storedID: row[1]) else {
                throw DatabaseError(resultCode: .SQLITE_CORRUPT, message: "a collection run of unknown endpoint")
            }
            var totals = customizations[[row[2], row[1]]] ?? SourceMetrics.Totals()
            totals.polls = row[6]
            totals.failedPolls = row[7]
            for (index, outcome) in ended.enumerated() { totals.runs[outcome] = row[9 + index] }
            return SourceMetrics(
                vCenter: row[0], endpoint: endpoint, figures: CustomizationFigures(), virtualMachinesWithoutData: 0,
                virtualMachines: row[8], totals: totals, lastRunAt: row[3], lastGoodRunAt: row[4],
                lastGoodPollAt: row[5])
        }
    }

    /// What the customizations since the history began come to, by the rows of their vCenter and endpoint.
    private static func totals(_ db: Database) throws -> [[Int64]: SourceMetrics.Totals] {
        let bounds = DurationTotals.upperBounds.map { "total(d.duration_ms <= \($0 * 1000))" as SQL }
        let request: SQLRequest<Row> = """
            SELECT v.vcenter_id, m.endpoint_id, sum(d.outcome = 'succeeded'), sum(d.outcome = 'failed'),
                count(d.duration_ms), total(d.duration_ms) / 1000, \(bounds.joined(separator: ", "))
            FROM (
                SELECT virtual_machine_endpoint_id, outcome, iif(end_ms >= start_ms, end_ms - start_ms, NULL) AS duration_ms
                FROM customization WHERE outcome IN ('succeeded', 'failed')
            ) AS d
            JOIN virtual_machine_endpoint AS m ON m.id = d.virtual_machine_endpoint_id
            JOIN virtual_machine AS v ON v.id = m.vm_id
            GROUP BY v.vcenter_id, m.endpoint_id
            """
        return Dictionary(
            uniqueKeysWithValues: try request.fetchAll(db).map { row in
                var totals = SourceMetrics.Totals()
                totals.succeeded = row[2]
                totals.failed = row[3]
                totals.durations = DurationTotals(
                    counts: bounds.indices.map { Int(row[6 + $0] as Double) }, count: row[4], sumSeconds: row[5])
                return ([row[0], row[1]], totals)
            })
    }
}

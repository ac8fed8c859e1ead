import Foundation
import GuestCustomization
import TestSupport
import Testing

@testable import HistoryStore

/// The figures of a report, computed a second way: by SQL over the auditors' views.
@Suite struct ReportAgreementTests {
    @Test func `on random histories, SQL over the views gives the figures of the report`() async throws {
        let base = UInt64.random(in: 0..<UInt64(UInt32.max))
        for seed in base..<base + 100 {
            var random = SeededGenerator(seed: seed)
            let history = try await Self.record(&random)
            func agree(_ what: String, _ figures: [String], _ sql: String) throws {
                let rows = try history.query(sql)
                try #require(figures == rows, "\(what), seed \(seed)")
            }
            let all = ReportWindow(since: .epoch(-1_000_000_000), until: .epoch(1_000_000_000))
            let report = try Report(of: history.database, window: all, generatedAt: all.until)
            try agree("VMs", Self.rows(of: report), Self.byVM(all))
            try agree("latest errors", Self.errors(of: report), Self.latestErrors)
            let failing = try FailingReport(
                of: history.database, matching: ReportFilter(), stuckAfterSeconds: 3600, silentAfterSeconds: nil,
                timeZone: .gmt, generatedAt: all.until)
            try agree("failing VMs", Self.rows(of: failing), Self.failing)

            let since = Timestamp.epoch(Double(Int.random(in: 0..<48, using: &random) * 3600))
            let part = ReportWindow(since: since, until: since.advanced(bySeconds: 30 * 3600))
            let cut = try Report(of: history.database, window: part, comparing: true, generatedAt: part.until)
            try agree("VMs in a window", Self.rows(of: cut), Self.byVM(part))
            try agree("days", Self.counts(of: cut.days), Self.byDay(part))
            try agree("vCenters", Self.counts(of: cut.vCenters), Self.byVCenter(part))
            try agree("summary", [Self.total(of: cut.summary)], Self.total(part))
            let before = try #require(cut.comparison)
            try agree("window before", [Self.total(of: before.summary)], Self.total(before.window))
        }
    }

    /// Where a customization lies, by the views: they do not tell when an end without a time was first seen, so that these
    /// histories have none.
    private static let placed = """
        SELECT *, CASE WHEN outcome IN ('succeeded', 'failed') THEN end_time ELSE last_polled_at END AS instant,
            CASE WHEN duration_seconds >= 0 THEN duration_seconds END AS duration
        FROM customization_history
        """

    private static func rows(of failing: FailingReport) -> [String] {
        failing.virtualMachines.map {
            "\($0.vm.vCenter)|\($0.vm.id)|\($0.failures?.error.message ?? "")|\($0.failures?.count ?? 0)|\($0.since.rfc3339)"
        }.sorted()
    }

    /// Definition 8, with the failures since the last success.
    private static let failing = """
        SELECT l.vcenter || '|' || l.vm || '|' || coalesce(l.error_message, '') || '|' || count(*) || '|' || min(f.instant)
        FROM latest_error AS l JOIN (\(placed)) AS f ON f.vcenter = l.vcenter AND f.vm = l.vm AND f.outcome = 'failed'
            AND f.instant >= coalesce((
                SELECT max(s.instant) FROM (\(placed)) AS s
                WHERE s.vcenter = l.vcenter AND s.vm = l.vm AND s.outcome = 'succeeded'
            ), '')
        WHERE l.recovered_at IS NULL AND l.is_listed GROUP BY l.vcenter, l.vm ORDER BY 1
        """

    private static func inWindow(_ window: ReportWindow) -> String {
        "(SELECT * FROM (\(placed)) WHERE instant >= '\(window.since)' AND instant < '\(window.until)')"
    }

    /// Numbers as texts: the number that SQLite's round() returns may differ in its last bit from the one that the decimals stand for.
    private static let figures = """
        count(*), sum(outcome = 'succeeded'), sum(outcome = 'failed'), sum(outcome = 'running'), sum(outcome = 'pending'),
        sum(outcome = 'lost'), sum(outcome = 'other'), coalesce(sum(duration_seconds < 0), 0), count(duration),
        coalesce(round(min(duration), 9) || '', ''), coalesce(round(avg(duration), 9) || '', ''),
        coalesce(round(max(duration), 9) || '', ''),
        coalesce(round(1.0 * sum(outcome = 'failed') / nullif(sum(outcome IN ('succeeded', 'failed')), 0), 9) || '', '')
        """

    private static func byVM(_ window: ReportWindow) -> String {
        "SELECT vcenter, vm, \(figures) FROM \(inWindow(window)) GROUP BY vcenter, vm ORDER BY vcenter, vm"
    }

    private static func byDay(_ window: ReportWindow) -> String {
        "SELECT substr(instant, 1, 10), \(figures) FROM \(inWindow(window)) GROUP BY 1 ORDER BY 1"
    }

    private static func byVCenter(_ window: ReportWindow) -> String {
        "SELECT vcenter, count(DISTINCT vm), \(figures) FROM \(inWindow(window)) GROUP BY 1 ORDER BY 1"
    }

    /// With the percentiles, interpolated between the closest ranks.
    private static func total(_ window: ReportWindow) -> String {
        let percentiles = [0.5, 0.9, 0.95, 0.99].map { fraction in
            """
            coalesce((
                WITH ranked AS (
                    SELECT duration AS d, row_number() OVER (ORDER BY duration) - 1 AS rank, count(*) OVER () - 1 AS last
                    FROM \(inWindow(window)) WHERE duration IS NOT NULL
                )
                SELECT round(a.d + (b.d - a.d) * (\(fraction) * a.last - a.rank), 9) FROM ranked AS a JOIN ranked AS b
                    ON a.rank = CAST(\(fraction) * a.last AS INTEGER) AND b.rank = min(a.rank + 1, a.last)
            ), '')
            """
        }
        return """
            SELECT count(*), coalesce(sum(outcome = 'failed'), 0), \(percentiles.joined(separator: ", "))
            FROM \(inWindow(window))
            """
    }

    private static let latestErrors = """
        SELECT vcenter, vm, coalesce(error_id, ''), coalesce(error_message, ''), failed_at, coalesce(recovered_at, '')
        FROM latest_error ORDER BY vcenter, vm
        """

    private static func rows(of report: Report) -> [String] {
        report.virtualMachines.map { "\($0.vCenter)|\($0.vm)|\(cells(of: $0.figures))" }.sorted()
    }

    private static func counts(of days: [DayReport]) -> [String] {
        days.filter { $0.figures.customizations > 0 }.map { "\($0.date)|\(cells(of: $0.figures))" }
    }

    private static func counts(of vCenters: [VCenterReport]) -> [String] {
        vCenters.filter { $0.figures.customizations > 0 }.map {
            "\($0.name)|\($0.virtualMachines)|\(cells(of: $0.figures))"
        }
    }

    private static func total(of figures: CustomizationFigures) -> String {
        let durations = figures.durations
        let percentiles = [durations?.p50, durations?.p90, durations?.p95, durations?.p99].map { text($0) }
        return "\(figures.customizations)|\(figures.failed)|" + percentiles.joined(separator: "|")
    }

    private static func cells(of figures: CustomizationFigures) -> String {
        let counts = [
            figures.customizations, figures.succeeded, figures.failed, figures.running, figures.pending, figures.lost,
            figures.other, figures.clockFaults, figures.durations?.count ?? 0,
        ].map(String.init)
        let durations = figures.durations
        return
            (counts + [durations?.minimum, durations?.mean, durations?.maximum].map { text($0) }
            + [text(figures.failureRate)]).joined(separator: "|")
    }

    private static func errors(of report: Report) -> [String] {
        report.virtualMachines.compactMap { vm in
            vm.latestError.map {
                "\(vm.vCenter)|\(vm.vm)|\($0.id ?? "")|\($0.message ?? "")|\($0.failedAt)|\($0.recoveredAt?.rfc3339 ?? "")"
            }
        }.sorted()
    }

    /// To the digits that do not depend on the order of a sum.
    private static func text(_ number: Double?) -> String {
        number.map { String(($0 * 1e9).rounded() / 1e9) } ?? ""
    }

    /// Days of hourly runs over a few VMs of two vCenters, at either endpoint.
    private static func record(_ random: inout SeededGenerator) async throws -> TemporaryHistory {
        var answers = RandomAnswers()
        let history = try TemporaryHistory()
        for run in 0..<Int.random(in: 1...60, using: &random) {
            let vCenter = Bool.random(using: &random) ? "vc-a" : "vc-b"
            let endpoint: Endpoint = Int.random(in: 0..<3, using: &random) == 0 ? .customization : .customizationLive
            let start = Timestamp.epoch(Double(run * 3600))
            let polls = (0..<3).filter { _ in Int.random(in: 0..<4, using: &random) > 0 }.map { vm in
                var answer = answers.next(for: "\(vCenter) \(vm) \(endpoint)", &random)
                if let info = answer.info, info.status == .succeeded || info.status == .failed {
                    let began = Timestamp.epoch(Double(Int.random(in: 0..<240, using: &random) * 900))
                    // Sometimes before the start, and never at an instant that another one ended at.
                    let took =
                        Double(Int.random(in: -60...600, using: &random)) + Double(run) / 1000 + Double(vm) / 10
                    answer.info?.startTime = began
                    answer.info?.endTime = began.advanced(bySeconds: took)
                }
                return ("vm-\(vm)", answer)
            }
            try await history.run(at: start, vCenter: vCenter, endpoint: endpoint, polls)
        }
        return history
    }
}

import Foundation
import GRDB
import GuestCustomization
import Testing
import VCenterSimulator

/// How reports show the time without good runs.
@Suite struct UnwatchedTimeTests {
    private struct Report: Decodable {
        struct Coverage: Decodable {
            struct Watch: Decodable {
                struct Gap: Decodable {
                    var since: String
                    var until: String?
                }
                var vcenter: String
                var first_good_run_at: String?
                var gaps: [Gap]
            }
            var runs, failed: Int
            var longest_gap_seconds: Double?
            var not_watched_seconds: Double
            var runs_stamped_later: Int
            var customizations_ended_later: Int
            var watch: [Watch]
        }
        struct Day: Decodable {
            var day: String
            var good_runs, customizations, failed: Int
            var failure_rate: Double?
            var is_before_first_run: Bool
        }
        var coverage: Coverage
        var by_day: [Day]
    }

    private func report(_ polled: PolledVCenter, _ arguments: String...) async throws -> Report {
        let run = try await polled.history(["report", "--format", "json"] + arguments)
        #expect(run.termination == .exited(0), "\(run.standardError)")
        return try JSONDecoder().decode(Report.self, from: Data(run.standardOutputBytes))
    }

    /// One run a minute ago, which found a customization that ended ten days ago and one of today.
    private func withYoungHistory(_ body: (PolledVCenter) async throws -> Void) async throws {
        try await PolledVCenter.with(vms: 2) { polled in
            let now = Timestamp.now()
            func ago(_ seconds: Double) -> String { now.advanced(bySeconds: -seconds).rfc3339 }
            try polled.set(0, .succeeded, start: ago(864_060), end: ago(864_000))
            try polled.set(1, .failed, start: ago(130), end: ago(120))
            try await polled.collect()
            try shift(polled, bySeconds: -60, "id = 1")
            try await body(polled)
        }
    }

    /// Moves runs in time.
    private func shift(_ polled: PolledVCenter, bySeconds seconds: Int, _ condition: String) throws {
        try polled.change(
            """
            UPDATE collection_run SET started_ms = started_ms + \(seconds * 1000), listed_ms = listed_ms + \(seconds * 1000),
                finished_ms = finished_ms + \(seconds * 1000), last_reported_ms = last_reported_ms + \(seconds * 1000)
            WHERE \(condition);
            UPDATE poll_block SET first_ms = first_ms + \(seconds * 1000)
            WHERE run_id IN (SELECT id FROM collection_run WHERE \(condition));
            """)
    }

    @Test func `a history that began a minute ago left nearly all of 30 days unwatched, and every format says so`()
        async throws
    {
        try await withYoungHistory { polled in
            for format in ["table", "markdown", "html"] {
                let run = try await polled.history("report", "--since", "30d", "--format", format)
                #expect(run.termination == .exited(0))
                let text = run.standardOutput.replacing("&#8203;", with: "")
                #expect(text.contains("first run 20"), "\(format)")
                // A table's line may be wrapped anywhere.
                let words = text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
                #expect(words.contains("29.99 of 30 days not watched"), "\(format)")
            }
            let coverage = try await report(polled, "--since", "30d").coverage
            let gap = try #require(coverage.watch.first?.gaps.first)
            #expect(coverage.watch.map(\.vcenter) == [polled.name])
            #expect(gap.until == coverage.watch[0].first_good_run_at)
            #expect(try #require(coverage.longest_gap_seconds) > 30 * 86_400 - 120)
            #expect(coverage.not_watched_seconds == coverage.longest_gap_seconds)
        }
    }

    @Test func `days before the first run have a dash instead of a rate`() async throws {
        try await withYoungHistory { polled in
            let days = try await report(polled, "--since", "30d").by_day
            let told = try #require(days.first { $0.customizations > 0 && $0.is_before_first_run })
            #expect((told.good_runs, told.customizations, told.failure_rate) == (0, 1, nil))
            #expect(days.last?.failure_rate == 1)
            #expect(days.dropLast().allSatisfy { $0.failure_rate == nil })

            // The same for a window that ended before the first run.
            let until = Timestamp.now().advanced(bySeconds: -5 * 86_400).rfc3339
            let older = try await report(polled, "--since", "20d", "--until", until).by_day
            #expect(older.contains { $0.customizations == 1 })
            #expect(older.allSatisfy { $0.is_before_first_run && $0.failure_rate == nil })

            let table = try await polled.history(
                "report", "--since", "30d", "--by", "day", environment: ["LANG": "C.UTF-8"]
            ).standardOutput
            let lines = table.split(separator: "\n").filter { $0.contains("  20") }
            #expect(lines.contains { $0.contains(told.day) && $0.contains("–") && $0.contains("before the first run") })
            #expect(lines.contains { $0.contains("no data") && !$0.contains("0.0%") })
            #expect(!table.contains("0.0%") || table.contains("100.0%"))
            let markdown = try await polled.history("report", "--since", "30d", "--by", "day", "--format", "markdown")
            #expect(markdown.standardOutput.contains("no data | – | – | – | – | – |"))
            #expect(!markdown.standardOutput.contains("| 0.0% |"))
            let csv = try await polled.history("report", "--since", "30d", "--by", "day", "--format", "csv")
            let empty = csv.standardOutput.split(whereSeparator: \.isNewline).filter { $0.contains(",0,,") }
            #expect(empty.count >= 28)
            let html = try await polled.history("report", "--since", "30d", "--format", "html").standardOutput
            #expect(html.contains("\(told.day): 0 failed of 1 finished, as far as known: before the first run"))
            #expect(html.components(separatedBy: "<rect class=\"none\"").count > 29)
        }
    }

    @Test func `unwatched seconds and minutes are not reported`() async throws {
        try await PolledVCenter.with(vms: 1) { polled in
            for _ in 0..<3 { try await polled.collect() }
            try shift(polled, bySeconds: -1200, "id = 1")
            try shift(polled, bySeconds: -600, "id = 2")
            for arguments in [["report", "--since", "20m"], ["runs", "--since", "20m"]] {
                let text = try await polled.history(arguments).standardOutput
                #expect(!text.contains("not watched"), "\(text)")
                #expect(!text.contains("! "), "\(text)")
            }
        }
    }

    @Test func `a gap reaches up to now when the collector has stopped, in report and runs`() async throws {
        try await PolledVCenter.with(vms: 1) { polled in
            for _ in 0..<4 { try await polled.collect() }
            for (run, hours) in [(1, 9), (2, 8), (3, 7), (4, 6)] {
                try shift(polled, bySeconds: -hours * 3600, "id = \(run)")
            }
            for command in ["report", "runs"] {
                let text = try await polled.history(command, "--since", "8h").standardOutput
                #expect(text.contains("no good poll since 20"), "\(text)")
                #expect(text.contains("6 of 8 hours not watched"), "\(text)")
            }
            let runs = try await polled.history("runs", "--since", "8h", "--format", "json").standardOutput
            #expect(runs.contains("\"until\": null"))
            #expect(try #require(try await report(polled, "--since", "8h").coverage.longest_gap_seconds) > 21_600 - 60)
            // No run began in this window.
            let empty = try await polled.history("runs", "--since", "1h").standardOutput
            #expect(empty.contains("none began in this window"))
            #expect(empty.contains("1 of 1 hours not watched") || empty.contains("60 of 60 minutes not watched"))
        }
    }

    /// A guest that takes local time for UTC is hours ahead.
    @Test func `a customization that a guest's clock puts ahead of now is not passed over in silence`() async throws {
        try await PolledVCenter.with(vms: 3) { polled in
            let now = Timestamp.now()
            func later(_ hours: Double) -> String { now.advanced(bySeconds: hours * 3600).rfc3339 }
            try polled.set(0, .failed, start: later(8), end: later(9))
            try polled.set(1, .succeeded, start: later(8), end: later(9))
            try polled.set(2, .succeeded, start: later(-2), end: later(-1))
            try await polled.collect()
            let told = try await report(polled, "--since", "1d")
            #expect(told.coverage.customizations_ended_later == 2)
            #expect(told.by_day.allSatisfy { $0.failed == 0 })
            let text = try await polled.history("report", "--since", "1d").standardOutput
                .replacing(/\s+/, with: " ")
            #expect(text.contains("Clock fault: 2 customizations (1 failed) ended later than now"), "\(text)")
            #expect(try await polled.history("failing").standardOutput.contains("1 VM fails now"))
            let one = try await report(polled, "--since", "1d", "--vm", polled.vm(1))
            #expect(one.coverage.customizations_ended_later == 1)
            // They are in this window. In that one they were not seen yet, and a report on yesterday misses them as well.
            let whole = try await report(polled, "--since", "1d", "--until", later(10))
            #expect(whole.coverage.customizations_ended_later == 0 && whole.by_day.map(\.failed).reduce(0, +) == 1)
            let past = try await report(polled, "--since", "2d", "--until", later(-24))
            #expect(past.coverage.customizations_ended_later == 0)
            let yesterday = try await report(polled, "--since", "1d", "--until", Timestamp.now().rfc3339)
            #expect(yesterday.coverage.customizations_ended_later == 2)
        }
    }

    @Test func `what events tell of a gap ends where they were last read`() async throws {
        try await withYoungHistory { polled in
            let read = Timestamp.now().advanced(bySeconds: -5 * 86_400).unixMilliseconds
            try polled.change("UPDATE event_reading SET complete_since_ms = 0, read_ms = \(read)")
            let text = try await polled.history("report", "--since", "7d").standardOutput.replacing(/\s+/, with: " ")
            #expect(
                text.contains(/7 days not watched\. vCenter's events tell of the time from \S+ \S+ to \S+ \S+\./),
                "\(text)")
        }
    }

    @Test func `a run made when our clock was ahead does not hide a gap and is reported`() async throws {
        try await PolledVCenter.with(vms: 1) { polled in
            try polled.set(0, .running, start: Timestamp.now().advanced(bySeconds: -60).rfc3339)
            try await polled.collect()
            try shift(polled, bySeconds: 4 * 365 * 86_400, "id = 1")
            try await polled.collect()
            try polled.set(0, .succeeded, start: "2026-11-01T08:00:00Z", end: "2026-11-01T08:01:00Z")
            try await polled.collect()

            let told = try await report(polled, "--since", "7d").coverage
            #expect((told.runs, told.runs_stamped_later) == (2, 1))
            let shown = try await polled.history("show", polled.vm(0), "--format", "json").standardOutput
            let latest = try polled.sql("SELECT max(polled_at) FROM poll_history WHERE run_id = 3")[0]
            #expect(shown.contains("\"polled_at\": \"\(latest)\""), "\(shown)")
            #expect(shown.contains("\"status\": \"SUCCEEDED\""))
            let runs = try await polled.history("runs").standardOutput
            #expect(runs.contains("stamped later than now"))
            #expect(runs.contains("Clock fault: 1 collection run stamped later than now"))
        }
    }

    @Test func `cron and runs report a change of the offset between our clock and the vCenter's`() async throws {
        let ahead = Ahead()
        let clock: @Sendable () -> Timestamp = { Timestamp.now().advanced(bySeconds: ahead.seconds) }
        try await PolledVCenter.with(vms: 1, adjusting: { $0.clock = clock }) { polled in
            #expect(try await polled.history("collect").standardError.isEmpty)
            #expect(try await polled.history("collect").standardError.isEmpty)
            ahead.seconds = 7200
            let told = try await polled.history("collect")
            #expect(told.termination == .exited(0))
            #expect(
                told.standardError.contains("this machine's clock went back by 2h, or the vCenter's forward"),
                "\(told.standardError)")
            #expect(told.standardError.split(separator: "\n").count == 1)
            #expect(try await polled.history("collect").standardError.isEmpty)
            let runs = try await polled.history("runs").standardOutput
            #expect(runs.components(separatedBy: "clock went back by 2h").count == 2)
        }
    }
}

/// The offset of a simulated vCenter's clock.
private final class Ahead: @unchecked Sendable {
    private let lock = NSLock()
    private var value = 0.0

    var seconds: Double {
        get { lock.withLock { value } }
        set { lock.withLock { value = newValue } }
    }
}

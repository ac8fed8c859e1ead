import Foundation
import GuestCustomization
import TestSupport
import Testing
import VCenterSimulator

@Suite struct RunsTests {
    /// Four runs: complete, partial (two VMs fail), failed at the login, and complete on the other endpoint.
    private func withRuns(_ body: (PolledVCenter) async throws -> Void) async throws {
        try await PolledVCenter.with(vms: 4) { polled in
            try await polled.collect()
            let (busy, other) = (Set([polled.vm(0), polled.vm(1)]), polled.vm(2))
            polled.vCenter.inject(.answer(SimulatedResponse.serviceUnavailable())) { $0.vm.map(busy.contains) == true }
            polled.vCenter.inject(.answer(429)) { $0.vm == other }
            _ = try await polled.history("collect", "--timeout", "1s")
            polled.vCenter.removeFaults()
            _ = try await polled.history("collect", environment: ["GOVC_PASSWORD": "no"])
            try await polled.collect("--endpoint", "both")
            try await body(polled)
        }
    }

    private struct Shown: Decodable {
        struct Summary: Decodable {
            var runs, complete, partial, failed, interrupted: Int
            var longest_gap_seconds: Double?
            var last_good_poll_at: String?
        }
        struct Failure: Decodable {
            var result: String
            var http_status: Int?
            var error_message: String?
            var count: Int
        }
        struct Run: Decodable {
            var run_id, vms, polls, failed_polls: Int
            var vcenter, endpoint, started_at, outcome: String
            var finished_at, failure: String?
            var duration_seconds, polls_per_second, seconds_since_good_run: Double?
            var commonest_failure: Failure?
        }
        var format: String
        var summary: Summary
        var older_runs: Int
        var runs: [Run]
    }

    private func shown(_ polled: PolledVCenter, _ arguments: String...) async throws -> Shown {
        let run = try await BuiltExecutable.history.run(
            ["runs", "--format", "json"] + arguments, environment: polled.environment, in: polled.directory)
        #expect(run.termination == .exited(0))
        #expect(run.standardError.isEmpty)
        return try JSONDecoder().decode(Shown.self, from: Data(run.standardOutputBytes))
    }

    @Test func `each run is listed with outcome, speed and commonest failure, the newest first`() async throws {
        try await withRuns { polled in
            let report = try await shown(polled)
            #expect(report.format == "customization-history/runs/1")
            #expect(report.runs.map(\.run_id) == [5, 4, 3, 2, 1])
            #expect(report.runs.map(\.outcome) == ["complete", "complete", "failed", "partial", "complete"])
            #expect(report.runs.map(\.polls) == [4, 4, 0, 4, 4])
            #expect(report.runs.map(\.failed_polls) == [0, 0, 0, 3, 0])
            #expect(report.runs.map(\.endpoint) == ["customization"] + Array(repeating: "customization-live", count: 4))
            let summary = report.summary
            #expect((summary.runs, summary.complete, summary.partial, summary.failed) == (5, 3, 1, 1))
            #expect(summary.last_good_poll_at == (try polled.sql("SELECT max(polled_at) FROM poll_history").first))

            let partial = report.runs[3]
            #expect((partial.commonest_failure?.result, partial.commonest_failure?.count) == ("unavailable", 2))
            #expect(partial.commonest_failure?.http_status == 503)
            #expect(report.runs[2].failure?.contains("login") == true)
            #expect(report.runs[2].polls_per_second == nil)
            for run in [report.runs[0], report.runs[4]] {
                let seconds = try #require(run.duration_seconds)
                #expect(seconds >= 0)
                if let speed = run.polls_per_second { #expect(speed * seconds >= 4 - 0.01 || seconds == 0) }
            }
        }
    }

    @Test func `a gap is measured from the last run of the same source with a good poll`() async throws {
        try await withRuns { polled in
            let runs = try await shown(polled).runs
            func start(_ index: Int) throws -> Timestamp { try #require(Timestamp(rfc3339: runs[index].started_at)) }
            #expect(runs[4].seconds_since_good_run == nil)
            #expect(runs[0].seconds_since_good_run == nil)
            // Run 3 polled nothing, so run 4 ignores it.
            #expect(runs[1].seconds_since_good_run == (try start(1).seconds(since: start(3))))
            #expect(runs[3].seconds_since_good_run == (try start(3).seconds(since: start(4))))
        }
    }

    @Test func `options select a window, a vCenter, an endpoint and a number of runs`() async throws {
        try await withRuns { polled in
            #expect(try await shown(polled, "--endpoint", "customization").runs.map(\.run_id) == [5])
            #expect(try await shown(polled, "--vcenter", polled.name).runs.count == 5)
            let two = try await shown(polled, "--limit", "2")
            #expect(two.runs.map(\.run_id) == [5, 4])
            #expect(two.older_runs == 3)
            #expect(two.summary.runs == 5)
            let third = try await shown(polled).runs[2].started_at
            #expect(try await shown(polled, "--since", third).runs.map(\.run_id) == [5, 4, 3])
            #expect(try await shown(polled, "--until", third).runs.map(\.run_id) == [2, 1])
        }
    }

    @Test func `the table fits a terminal and says why polls failed`() async throws {
        try await withRuns { polled in
            let run = try await polled.history("runs", environment: ["TZ": "Europe/Berlin"])
            #expect(run.termination == .exited(0))
            let text = run.standardOutput
            for part in [
                "Collection runs, ", "CET", "5 runs: 3 complete, 1 partial, 1 failed", "at most ", "POLLS/S",
                "3 without an answer, 2 of them unavailable", "customization-live",
            ] { #expect(text.contains(part), "\(part)") }
            #expect(text.split(separator: "\n").allSatisfy { $0.count <= 100 })
        }
    }

    @Test func `an empty list of runs is reported`() async throws {
        try await withRuns { polled in
            let run = try await polled.history("runs", "--since", "2020-01-01", "--until", "2020-01-02")
            #expect(run.termination == .exited(0))
            #expect(run.standardOutput.contains("none began in this window"))
            expectUsage(try await polled.history("runs", "--since", "yesteryear"))
            expectUsage(try await polled.history("runs", "--limit", "0"))
        }
    }

    private func expectUsage(_ run: EndedRun) {
        #expect(run.termination == .exited(64))
        #expect(run.standardOutput.isEmpty)
    }
}

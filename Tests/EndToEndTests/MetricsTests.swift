import Foundation
import GRDB
import GuestCustomization
import TestSupport
import Testing
import VCenterSimulator

@Suite struct MetricsTests {
    /// Customizations that ended within the last hour, of 12, 60 and 61 s, one with a clock fault, one running; another long ago.
    private func withHistory(_ body: (PolledVCenter) async throws -> Void) async throws {
        try await PolledVCenter.with(vms: 6) { polled in
            let now = Timestamp.now()
            func ago(_ seconds: Double) -> String { now.advanced(bySeconds: -seconds).rfc3339 }
            try polled.set(0, .failed, start: ago(612), end: ago(600))
            try polled.set(1, .succeeded, start: ago(660), end: ago(600))
            try polled.set(2, .succeeded, start: ago(661), end: ago(600))
            try polled.set(3, .succeeded, start: ago(500), end: ago(600))
            try polled.set(4, .running, start: ago(7200))
            try polled.set(5, .succeeded, start: "2020-01-01T00:00:00Z", end: "2020-01-01T01:00:00Z")
            try await polled.collect()
            let lost = polled.vm(5)
            polled.vCenter.inject(.answer(429)) { $0.vm == lost }
            _ = try await polled.history("collect", "--timeout", "1s")
            try await body(polled)
        }
    }

    private func live(_ polled: PolledVCenter) -> [String: String] {
        ["vcenter": polled.name, "endpoint": "customization-live"]
    }

    @Test func `metrics are in the strict text format and agree with the views`() async throws {
        try await withHistory { polled in
            let run = try await polled.history("metrics")
            #expect(run.termination == .exited(0))
            #expect(run.standardError.isEmpty)
            let metrics = try PrometheusExposition(run.standardOutput)
            func of(_ name: String, _ more: [String: String] = [:]) -> Double? {
                metrics.value(name, live(polled).merging(more) { $1 })
            }
            #expect(of("customizations", ["outcome": "succeeded"]) == 3)
            #expect(of("customizations", ["outcome": "failed"]) == 1)
            #expect(of("customizations", ["outcome": "running"]) == 1)
            #expect(of("customizations", ["outcome": "lost"]) == 0)
            #expect(of("customizations_stuck") == 1)
            #expect(of("clock_faults") == 1)
            #expect(of("failure_ratio") == 0.25)
            #expect(of("virtual_machines") == 6)
            #expect(of("virtual_machines_without_data") == 0)
            #expect(metrics.value("window_seconds", ["history": polled.database]) == 86_400)
            // Since the beginning of the history, not in the window.
            #expect(of("finished_customizations_total", ["outcome": "succeeded"]) == 4)
            let bounds = ["10": 0.0, "20": 1, "45": 1, "60": 2, "90": 3, "1800": 3, "3600": 4, "+Inf": 4]
            for (bound, count) in bounds {
                #expect(of("customization_duration_seconds_bucket", ["le": bound]) == count, "\(bound)")
            }
            #expect(of("customization_duration_seconds_sum") == 3733)
            #expect(
                try polled.sql(
                    "SELECT count(*), sum(duration_seconds) FROM customization_history WHERE duration_seconds >= 0")
                    == ["4|3733.0"])
            #expect(of("collection_runs_total", ["outcome": "complete"]) == 1)
            #expect(of("collection_runs_total", ["outcome": "partial"]) == 1)
            #expect(of("polls_total") == 12)
            #expect(of("poll_failures_total") == 1)
        }
    }

    @Test func `promtool accepts the metrics`() async throws {
        try await withHistory { polled in
            for (name, window) in [("some", "1d"), ("none", "1m")] {
                let file = polled.directory.path("\(name).prom")
                #expect(
                    try await polled.history("metrics", "--since", window, "--output", file).termination == .exited(0))
                let check = try await BuiltExecutable(path: "/bin/sh").run(
                    "-c", "exec \"$0\" check metrics < \"$1\"", PeerTool.promtool, file, in: polled.directory)
                #expect(check.termination == .exited(0))
                #expect(check.standardOutput + check.standardError == "")
            }
        }
    }

    @Test func `the latest run, the latest good run and the latest good poll are separate`() async throws {
        try await withHistory { polled in
            let metrics = try PrometheusExposition(try await polled.history("metrics").standardOutput)
            func seconds(_ query: String) throws -> Double? {
                try polled.sql(query).first.flatMap { Timestamp(rfc3339: $0) }.map {
                    Double($0.unixMilliseconds) / 1000
                }
            }
            let runs = "FROM collection_run_history"
            #expect(
                metrics.value("last_run_timestamp_seconds", live(polled))
                    == (try seconds("SELECT max(started_at) \(runs)")))
            #expect(
                metrics.value("last_good_run_timestamp_seconds", live(polled))
                    == (try seconds("SELECT max(finished_at) \(runs) WHERE outcome = 'complete'")))
            #expect(
                metrics.value("last_good_poll_timestamp_seconds", live(polled))
                    == (try seconds("SELECT max(polled_at) FROM poll_history WHERE result = 'reported'")))
        }
    }

    @Test func `there is no ratio, rather than 0, when nothing has finished`() async throws {
        try await withHistory { polled in
            let metrics = try PrometheusExposition(try await polled.history("metrics", "--since", "1m").standardOutput)
            #expect(metrics.value("failure_ratio", live(polled)) == nil)
            #expect(metrics.value("customizations", live(polled).merging(["outcome": "succeeded"]) { $1 }) == 0)
            #expect(
                metrics.value("finished_customizations_total", live(polled).merging(["outcome": "failed"]) { $1 }) == 1)
        }
    }

    @Test func `vCenters and endpoints are separate, and a hostile name stays inside its label`() async throws {
        try await PolledVCenter.with(vms: 2) { polled in
            try await polled.collect("--endpoint", "both")
            let name = "a\"} 1\nb\\c,{\u{1B}[2J\u{202E}数据"
            try polled.change("UPDATE vcenter SET name = ?", [name])
            let text = try await polled.history("metrics").standardOutput
            let metrics = try PrometheusExposition(text)
            let shown = "a\"} 1\nb\\c,{\\u{1b}[2J\\u{202e}数据"
            for endpoint in Endpoint.polled {
                #expect(metrics.value("polls_total", ["vcenter": shown, "endpoint": endpoint.rawValue]) == 2)
            }
            #expect(!text.unicodeScalars.contains { $0.value < 0x20 && $0 != "\n" || $0.value == 0x202E })
        }
    }

    @Test func `metrics are valid when no VM was ever listed`() async throws {
        try await PolledVCenter.with(vms: 1) { polled in
            _ = try await polled.history("collect", environment: ["GOVC_PASSWORD": "no"])
            let metrics = try PrometheusExposition(try await polled.history("metrics").standardOutput)
            #expect(metrics.value("collection_runs_total", live(polled).merging(["outcome": "failed"]) { $1 }) == 1)
            #expect(metrics.value("last_good_run_timestamp_seconds", live(polled)) == 0)
            #expect(metrics.value("last_good_poll_timestamp_seconds", live(polled)) == 0)
            #expect(metrics.value("seconds_since_last_good_run", ["vcenter": polled.name]) == .infinity)
            #expect(metrics.value("virtual_machines_failing", ["vcenter": polled.name]) == 0)
            #expect(metrics.value("virtual_machines", live(polled)) == nil)
        }
    }

    @Test func `the output file for node_exporter is complete and world-readable, and no other file remains`()
        async throws
    {
        try await withHistory { polled in
            let folder = try polled.directory.makeDirectory("textfile")
            let file = folder + "/history.prom"
            try Data("old".utf8).write(to: URL(fileURLWithPath: file))
            let before = try inode(file)
            let run = try await polled.history("metrics", "--output", file)
            #expect(run.termination == .exited(0))
            #expect(run.standardOutput.isEmpty && run.standardError.isEmpty)
            _ = try PrometheusExposition(String(contentsOfFile: file, encoding: .utf8))
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["history.prom"])
            let attributes = try FileManager.default.attributesOfItem(atPath: file)
            #expect((attributes[.posixPermissions] as? NSNumber)?.intValue == 0o644)
            // The file was replaced, not overwritten: a program that has it open can still read the old one to its end.
            #expect(try inode(file) != before)
        }
    }

    @Test(arguments: ["metrics.txt", "none/metrics.prom", "folder.prom"])
    func `an output that cannot or must not be written is refused and left unchanged`(name: String) async throws {
        try await PolledVCenter.with(vms: 1) { polled in
            try await polled.collect()
            try FileManager.default.createDirectory(
                atPath: polled.directory.path("folder.prom"), withIntermediateDirectories: false)
            let before = try polled.directory.contents
            let run = try await polled.history("metrics", "--output", polled.directory.path(name))
            #expect(run.termination == .exited(name.hasSuffix(".prom") ? 73 : 64))
            #expect(run.standardOutput.isEmpty)
            #expect(run.standardError.contains(name))
            #expect(try polled.directory.contents == before)
        }
    }

    private func inode(_ path: String) throws -> Int? {
        (try FileManager.default.attributesOfItem(atPath: path)[.systemFileNumber] as? NSNumber)?.intValue
    }
}

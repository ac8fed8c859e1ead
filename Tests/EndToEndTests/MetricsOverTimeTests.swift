import Foundation
import GRDB
import GuestCustomization
import HistoryStore
import TestSupport
import Testing
import VCenterSimulator

/// `history metrics` as a monitoring system sees them, over time and for several histories.
@Suite struct MetricsOverTimeTests {
    private func live(_ polled: PolledVCenter) -> [String: String] {
        ["vcenter": polled.name, "endpoint": "customization-live"]
    }

    private func metrics(_ polled: PolledVCenter, _ arguments: String...) async throws -> PrometheusExposition {
        let run = try await polled.history(["metrics"] + arguments)
        #expect(run.termination == .exited(0), "\(run.standardError)")
        return try PrometheusExposition(run.standardOutput)
    }

    /// Every counter and every part of a histogram, by name and labels.
    private func counters(_ metrics: PrometheusExposition) -> [String: Double] {
        var counters: [String: Double] = [:]
        for family in metrics.families.values where family.type != "gauge" {
            for sample in family.samples {
                counters["\(sample.name)\(sample.labels.sorted { $0.key < $1.key })"] = sample.value
            }
        }
        return counters
    }

    @Test func `no counter falls after a correction, a revert, a rebuild or pruning`() async throws {
        try await PolledVCenter.with(vms: 3) { polled in
            let now = Timestamp.now()
            func ago(_ seconds: Double) -> String { now.advanced(bySeconds: -seconds).rfc3339 }
            var latest: [String: Double] = [:]
            func look(_ what: String) async throws {
                let counters = counters(try await metrics(polled))
                for (name, value) in latest { #expect((counters[name] ?? -1) >= value, "\(what): \(name)") }
                #expect(counters.count >= 20)
                latest = counters
            }
            try polled.set(0, .failed, start: ago(900), end: ago(800))
            try polled.set(1, .succeeded, start: ago(700), end: ago(670))
            try polled.set(2, .running, start: ago(100))
            try await polled.collect()
            try await look("first")
            let failed = "customization_history_finished_customizations_total"
            func finished(_ outcome: String) async throws -> Double? {
                try await metrics(polled).value(
                    String(failed.dropFirst(22)), live(polled).merging(["outcome": outcome]) { $1 })
            }
            #expect(try await finished("failed") == 1)
            #expect(try await finished("succeeded") == 1)

            // The same customization with another outcome: it is counted again, and nothing is subtracted.
            try polled.set(0, .succeeded, start: ago(900), end: ago(790))
            try await polled.collect()
            try await look("corrected")
            #expect(try await finished("failed") == 1)
            #expect(try await finished("succeeded") == 2)
            #expect(try polled.sql("SELECT count(*) FROM customization_history WHERE outcome = 'failed'") == ["0"])

            // A later customization, after which the VM is reverted to an earlier snapshot.
            try polled.set(1, .failed, start: ago(600), end: ago(500))
            try await polled.collect()
            try await look("a later one")
            try polled.set(1, .succeeded, start: ago(700), end: ago(670))
            try await polled.collect()
            try await look("reverted")
            #expect(try await finished("failed") == 2)
            #expect(try await finished("succeeded") == 2)

            try polled.set(2, .succeeded, start: ago(100), end: ago(2))
            try await polled.collect()
            try await look("ended")
            #expect(try await finished("succeeded") == 3)

            let history = try HistoryDatabase.open(
                polled.database, access: .readWrite(create: false), toolVersion: "1",
                waiting: .init(clock: .system), at: now)
            try await history.rebuildCustomizations()
            try history.close()
            try await look("rebuilt")
            #expect(try await finished("succeeded") == 3)

            let polls = try await metrics(polled).value("polls_total", live(polled))
            try polled.change(
                """
                DELETE FROM poll_block WHERE run_id <= 2;
                DELETE FROM answer_change;
                DELETE FROM poll_span;
                DELETE FROM latest_answer;
                DELETE FROM customization;
                DELETE FROM virtual_machine_listing;
                """)
            try await look("pruned")
            #expect(try await finished("succeeded") == 3)
            #expect(try await metrics(polled).value("polls_total", live(polled)) == polls)
            #expect(
                try await metrics(polled).value(
                    "collection_runs_total", live(polled).merging(["outcome": "complete"]) { $1 })
                    == 5)
        }
    }

    @Test func `metrics count failing VMs by cause and stuck VMs, whatever the window`() async throws {
        try await PolledVCenter.with(vms: 5) { polled in
            func set(_ index: Int, _ status: CustomizationStatus, _ error: String? = nil) throws {
                try polled.set(
                    index, status, start: "2026-01-01T08:00:00Z", end: "2026-01-01T08:01:00Z",
                    error: error.map { .text($0) })
            }
            try set(0, .failed, "/usr/bin/perl: not found (exit status 127)")
            try set(1, .failed, "The moon is in the wrong phase")
            try set(2, .failed)
            try set(3, .succeeded)
            try polled.set(4, .running, start: Timestamp.now().advanced(bySeconds: -7200).rfc3339)
            try await polled.collect()
            let vCenter = ["vcenter": polled.name]
            func failing(_ cause: String, _ metrics: PrometheusExposition) -> Double? {
                metrics.value("virtual_machines_failing_by_cause", vCenter.merging(["cause": cause]) { $1 })
            }
            var now = try await metrics(polled, "--since", "1h")
            #expect(now.value("virtual_machines_failing", vCenter) == 3)
            #expect(failing("perl-missing", now) == 1)
            #expect(failing("unknown", now) == 1)
            #expect(failing(FailureCause.unreported.name, now) == 1)
            #expect(now.value("virtual_machines_stuck", vCenter) == 1)
            #expect(try #require(now.value("seconds_since_last_good_run", vCenter)) < 60)

            for index in [0, 1] {
                try polled.set(index, .succeeded, start: "2026-02-01T08:00:00Z", end: "2026-02-01T08:01:00Z")
            }
            try polled.set(4, .succeeded, start: "2026-02-01T08:00:00Z", end: "2026-02-01T08:01:00Z")
            try await polled.collect()
            now = try await metrics(polled, "--since", "1h")
            #expect(now.value("virtual_machines_failing", vCenter) == 1)
            // The series remains, so that its fall is visible.
            #expect(failing("perl-missing", now) == 0)
            #expect(now.value("virtual_machines_stuck", vCenter) == 0)
        }
    }

    @Test func `metrics do not count a gone VM as failing or stuck`() async throws {
        try await PolledVCenter.with(vms: 3) { polled in
            try polled.set(0, .failed, start: "2026-01-01T08:00:00Z", end: "2026-01-01T08:01:00Z")
            try polled.set(1, .running, start: Timestamp.now().advanced(bySeconds: -7200).rfc3339)
            try await polled.collect()
            let vCenter = ["vcenter": polled.name]
            var now = try await metrics(polled)
            #expect(now.value("virtual_machines_failing", vCenter) == 1)
            #expect(now.value("virtual_machines_stuck", vCenter) == 1)
            for vm in [polled.vm(0), polled.vm(1)] { try polled.vCenter.removeVirtualMachine(vm) }
            try await polled.collect()
            now = try await metrics(polled)
            #expect(now.value("virtual_machines_failing", vCenter) == 0)
            #expect(now.value("virtual_machines_stuck", vCenter) == 0)
            #expect(now.value("customizations", live(polled).merging(["outcome": "lost"]) { $1 }) == 1)
        }
    }

    /// One VM was polled by hand, and cron has not polled since.
    @Test func `a run over selected VMs is not counted as a good run`() async throws {
        try await PolledVCenter.with(vms: 2) { polled in
            _ = try await polled.history("collect", "--vm", polled.vm(0))
            var now = try await metrics(polled)
            #expect(now.value("seconds_since_last_good_run", ["vcenter": polled.name]) == .infinity)
            #expect(now.value("last_good_run_timestamp_seconds", live(polled)) == 0)
            try await polled.collect()
            now = try await metrics(polled)
            #expect(try #require(now.value("seconds_since_last_good_run", ["vcenter": polled.name])) < 60)
        }
    }

    @Test func `metrics follow the order of runs when our clock was ahead`() async throws {
        try await PolledVCenter.with(vms: 1) { polled in
            try await polled.collect()
            let years = 4 * 365 * 86_400_000
            try polled.change(
                """
                UPDATE collection_run SET started_ms = started_ms + \(years), listed_ms = listed_ms + \(years),
                    finished_ms = finished_ms + \(years), last_reported_ms = last_reported_ms + \(years)
                """)
            let ahead = try await metrics(polled)
            #expect(ahead.value("seconds_since_last_good_run", ["vcenter": polled.name]) == .infinity)
            #expect(ahead.value("last_good_run_timestamp_seconds", live(polled)) == 0)

            try await polled.collect()
            let now = try await metrics(polled)
            let latest = try polled.sql("SELECT started_at, finished_at FROM collection_run_history WHERE run_id = 2")[
                0]
            let times = latest.split(separator: "|").compactMap { Timestamp(rfc3339: String($0))?.unixMilliseconds }
            #expect(now.value("last_run_timestamp_seconds", live(polled)) == Double(times[0]) / 1000)
            #expect(now.value("last_good_run_timestamp_seconds", live(polled)) == Double(times[1]) / 1000)
            #expect(try #require(now.value("seconds_since_last_good_run", ["vcenter": polled.name])) < 60)
        }
    }

    @Test func `a vCenter that was never reached or is only configured has series`() async throws {
        try await PolledVCenter.with(vms: 1) { polled in
            let dead = ["GOVC_URL": "https://127.0.0.1:1", "GOVC_INSECURE": "1"]
            #expect(try await polled.history("collect", environment: dead).termination == .exited(69))
            try polled.directory.write(
                "config.yaml",
                """
                vcenters:
                  - url: https://new.example.org
                    username: auditor
                    password_file: /nonexistent

                """)
            let now = try await metrics(polled, "--config", polled.directory.path("config.yaml"))
            let names = try polled.sql("SELECT name FROM vcenter")
            #expect(names.count == 1)
            for name in names + ["new.example.org"] {
                #expect(now.value("seconds_since_last_good_run", ["vcenter": name]) == .infinity, "\(name)")
                #expect(now.value("virtual_machines_failing", ["vcenter": name]) == 0)
            }
            let runs = now.families["customization_history_collection_runs_total"]?.samples ?? []
            #expect(
                runs.contains { $0.labels["vcenter"] == names[0] && $0.labels["outcome"] == "failed" && $0.value == 1 })
        }
    }

    /// Two histories of two vCenters in one directory of a real node_exporter.
    @Test func `one node_exporter exports the metrics of two histories`() async throws {
        try await PolledVCenter.with(vms: 2) { first in
            try await PolledVCenter.with(vms: 3) { second in
                let folder = try first.directory.makeDirectory("textfile")
                for (name, polled) in [("first", first), ("second", second)] {
                    try polled.set(0, .failed, start: "2026-11-01T08:00:00Z", end: "2026-11-01T08:01:00Z")
                    try await polled.collect()
                    let run = try await polled.history("metrics", "--output", "\(folder)/\(name).prom")
                    #expect(run.termination == .exited(0), "\(run.standardError)")
                }
                let text = try await exported(folder, in: first.directory)
                #expect(text.contains("node_textfile_scrape_error 0"), "\(text)")
                let ours = text.split(separator: "\n").filter { $0.hasPrefix("customization_history_") }
                #expect(
                    ours.contains { $0.hasPrefix("customization_history_virtual_machines{") && $0.contains(first.name) }
                )
                #expect(
                    ours.contains {
                        $0.hasPrefix("customization_history_virtual_machines{") && $0.contains(second.name)
                    })
                #expect(ours.count { $0.hasPrefix("customization_history_build_info{") } == 2)
                #expect(ours.allSatisfy { $0.contains("vcenter=\"") || $0.contains("history=\"") })
                // Every written sample is exported.
                let written = try ["first", "second"].reduce(0) {
                    $0
                        + (try String(contentsOfFile: "\(folder)/\($1).prom", encoding: .utf8)).split(separator: "\n")
                        .count { !$0.hasPrefix("#") }
                }
                #expect(ours.count == written)
            }
        }
    }

    /// The metrics that a node_exporter exports from a directory.
    private func exported(_ folder: String, in directory: TemporaryDirectory) async throws -> String {
        let scraped = Scraped()
        try await NodeExporter.run(over: folder, in: directory) { address in
            scraped.text = try await BuiltExecutable(path: "/usr/bin/curl").run(
                "--silent", "--show-error", "--fail", "http://\(address)/metrics", in: directory
            ).standardOutput
        }
        return scraped.text
    }

    private final class Scraped: @unchecked Sendable {
        private let lock = NSLock()
        private var value = ""

        var text: String {
            get { lock.withLock { value } }
            set { lock.withLock { value = newValue } }
        }
    }
}

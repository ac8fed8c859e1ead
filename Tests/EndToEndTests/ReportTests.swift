import Foundation
import GuestCustomization
import TestSupport
import Testing
import VCenterSimulator

@Suite struct ReportTests {
    /// A history of three runs over four VMs: one recovers, one fails without a message, one never ends, one was never customized.
    private func withHistory(_ body: (PolledVCenter) async throws -> Void) async throws {
        try await PolledVCenter.with(vms: 4) { polled in
            let message = LocalizableMessage(id: "com.vmware.x.perl", defaultMessage: "No Perl.\u{1B}[2J", args: [])
            for (index, name) in ["web-01", "数据库", "\u{202E}lave", "idle"].enumerated() {
                try polled.vCenter.renameVirtualMachine(polled.vm(index), to: name)
            }
            try polled.set(3, .notAvailable)
            try polled.set(2, .running, start: "2026-11-01T08:00:00Z")
            try polled.set(1, .failed, start: "2026-11-01T08:00:00Z", end: "2026-11-01T08:02:00Z")
            try polled.set(
                0, .failed, start: "2026-11-01T08:00:00Z", end: "2026-11-01T08:01:00Z", error: .message(message))
            try await polled.collect()
            try await polled.collect()
            try polled.set(0, .succeeded, start: "2026-11-02T08:00:00Z", end: "2026-11-02T08:00:30Z")
            try await polled.collect()
            try await body(polled)
        }
    }

    private struct Contract: Decodable {
        struct Window: Decodable { var since, until: String }
        struct Durations: Decodable { var count: Int; var min, mean, p50, p90, p95, p99, max: Double }
        struct Figures: Decodable {
            var virtual_machines: Int?
            var customizations, succeeded, failed, running, pending, stuck, lost, other, clock_faults: Int
            var failure_rate: Double?
            var duration_seconds: Durations?
        }
        struct LatestError: Decodable {
            var id, message: String?
            var failed_at: String
            var recovered_at: String?
        }
        struct VM: Decodable {
            var vcenter, vm, name, latest_status: String
            var customizations, failed: Int
            var failure_rate: Double?
            var latest_error: LatestError?
        }
        struct ErrorGroup: Decodable {
            var id, message: String?
            var count, virtual_machines: Int
            var first, last: String
        }
        struct Coverage: Decodable {
            var runs, complete, partial, failed, interrupted, virtual_machines_without_data: Int
            var longest_gap_seconds: Double?
        }
        var format, generated_at: String
        var window: Window
        var summary: Figures
        var virtual_machines: [VM]
        var errors: [ErrorGroup]
        var coverage: Coverage
    }

    @Test func `the JSON report keeps its contract and counts each customization once`() async throws {
        try await withHistory { polled in
            let run = try await polled.history("report", "--since", "2026-11-01", "--format", "json")
            #expect(run.termination == .exited(0))
            let report = try JSONDecoder().decode(Contract.self, from: Data(run.standardOutputBytes))
            #expect(report.format == "customization-history/report/1")
            let summary = report.summary
            #expect(summary.virtual_machines == 3)
            #expect(summary.customizations == 4)
            #expect((summary.succeeded, summary.failed, summary.running, summary.stuck) == (1, 2, 1, 1))
            #expect((summary.pending, summary.lost, summary.other, summary.clock_faults) == (0, 0, 0, 0))
            #expect(summary.failure_rate.map { ($0 * 3).rounded() } == 2)
            #expect(summary.duration_seconds?.count == 3)
            #expect(summary.duration_seconds?.p50 == 60)
            #expect(summary.duration_seconds?.max == 120)

            let web = try #require(report.virtual_machines.first { $0.vm == polled.vm(0) })
            #expect(web.failure_rate == 0.5)
            #expect(web.latest_status == "SUCCEEDED")
            #expect(web.latest_error?.id == "com.vmware.x.perl")
            #expect(web.latest_error?.failed_at == "2026-11-01T08:01:00.000Z")
            #expect(web.latest_error?.recovered_at == "2026-11-02T08:00:30.000Z")
            let speechless = try #require(report.virtual_machines.first { $0.vm == polled.vm(1) })
            #expect(speechless.name == "数据库")
            #expect(speechless.latest_error?.id == nil)
            #expect(speechless.latest_error?.failed_at == "2026-11-01T08:02:00.000Z")
            #expect(report.errors.map(\.count) == [1, 1])
            #expect((report.coverage.runs, report.coverage.complete) == (3, 3))
            #expect(report.coverage.virtual_machines_without_data == 0)
            #expect((report.coverage.longest_gap_seconds ?? -1) >= 0)
        }
    }

    @Test func `the table fits a terminal and passes no controls to it`() async throws {
        try await withHistory { polled in
            let run = try await polled.history("report", "--since", "2026-11-01", environment: ["TZ": "Europe/Berlin"])
            #expect(run.termination == .exited(0))
            #expect(run.standardError.isEmpty)
            let text = run.standardOutput
            #expect(text.contains("CET"))
            #expect(text.contains("web-01") && text.contains("数据库") && text.contains("No Perl."))
            #expect(!text.unicodeScalars.contains { $0.value < 0x20 && $0 != "\n" || $0.value == 0x202E })
            #expect(text.split(separator: "\n").allSatisfy { $0.count <= 100 })
        }
    }

    @Test func `options select VMs, vCenters and endpoints`() async throws {
        try await withHistory { polled async throws in
            func count(_ arguments: String...) async throws -> Int {
                let run = try await BuiltExecutable.history.run(
                    ["report", "--since", "2026-11-01", "--format", "json"] + arguments,
                    environment: polled.environment, in: polled.directory)
                return try JSONDecoder().decode(Contract.self, from: Data(run.standardOutputBytes)).summary
                    .customizations
            }
            #expect(try await count("--vm", "web-*") == 2)
            #expect(try await count("--vm", polled.vm(1)) == 1)
            #expect(try await count("--vcenter", polled.name) == 4)
            #expect(try await count("--endpoint", "customization") == 0)
            #expect(try await count("--until", "2026-11-01T09:00:00Z") == 2)
        }
    }

    @Test func `an unknown name of a VM or vCenter is refused with the nearest known name`()
        async throws
    {
        try await withHistory { polled in
            let misnamed = polled.name.replacing("localhost", with: "lcoalhost")
            let cases: [(arguments: [String], words: [String])] = [
                (["report", "--vm", "wbe-01"], ["no VM of", #"--vm "wbe-01""#, #"did you mean "web-01"?"#]),
                (["report", "--vm", "web-*", "--vm", "wbe-*"], [#"--vm "wbe-*""#, #"did you mean "web-*"?"#]),
                (["report", "--vm", "\u{1B}[2Jnobody"], ["no VM of", "as `history report` shows them"]),
                (
                    ["report", "--vcenter", misnamed],
                    ["there is no vCenter", "did you mean \"\(polled.name)\"?"]
                ),
                (["report", "--vcenter", "elsewhere", "--fail-above", "5"], ["it knows \"\(polled.name)\""]),
                (["runs", "--vcenter", "local"], ["did you mean \"\(polled.name)\"?"]),
                (["show", polled.vm(0), "--vcenter", "elsewhere"], ["it knows \"\(polled.name)\""]),
                (["show", "web"], [#"is or was named "web""#, #"did you mean "web-01"?"#]),
            ]
            for (arguments, words) in cases {
                let run = try await polled.history(arguments)
                expectOneLine(run, 64, polled.database)
                #expect(words.allSatisfy(run.standardError.contains), "\(arguments): \(run.standardError)")
                #expect(!run.standardError.contains("\u{1B}"))
            }
        }
    }

    @Test func `every time that the program prints is accepted as input`() async throws {
        try await withHistory { polled in
            let zone = ["TZ": "Europe/Berlin"]
            let heading = try #require(
                try await polled.history("report", "--since", "2026-10-24 08:00:07 CEST", environment: zone)
                    .standardOutput.split(separator: "\n").first)
            #expect(heading.hasPrefix("Guest customizations, 2026-10-24 08:00:07 CEST to "))
            let times = heading.prefix { $0 != "(" }.dropFirst("Guest customizations, ".count)
                .split(separator: " to ").map { $0.trimmingPrefix(" ") }
            let until = times[1].trimmingCharacters(in: .whitespaces)
            let again = try await polled.history(
                "report", "--since", String(times[0]), "--until", until, environment: zone)
            #expect(again.standardOutput.hasPrefix(heading.prefix { $0 != "(" }), "\(again.standardOutput)")
        }
    }

    @Test func `the report agrees with the views`() async throws {
        try await withHistory { polled in
            let outcomes = try polled.sql(
                "SELECT outcome, count(*), sum(polls) FROM customization_history GROUP BY outcome ORDER BY 1")
            #expect(outcomes == ["failed|2|5", "running|1|3", "succeeded|1|1"])
            let errors = try polled.sql("SELECT vm_name, error_id, recovered_at FROM latest_error ORDER BY vm")
            #expect(errors == ["web-01|com.vmware.x.perl|2026-11-02T08:00:30.000Z", "数据库||"])
        }
    }

    @Test func `the report explains its figures without a history`() async throws {
        try await TemporaryDirectory.with { directory in
            let run = try await BuiltExecutable.history.run("report", "--explain", in: directory)
            #expect(run.termination == .exited(0))
            #expect(run.standardOutput.contains("failure rate") && run.standardOutput.contains("stuck"))
        }
    }
}

import Foundation
import GuestCustomization
import Testing
import VCenterSimulator

@Suite struct EmptyListingTests {
    @Test func `an empty listing makes no good run, reports the previous count and ends no customization`() async throws
    {
        try await PolledVCenter.with(vms: 3) { polled in
            for index in 0..<3 { try polled.set(index, .running, start: "2026-11-01T08:00:00Z") }
            try await polled.collect()
            let good = try await lastGoodRun(polled)
            polled.vCenter.inject(.answer(200, body: "[]"), times: 2) { $0.kind == .virtualMachineList }
            let first = try await polled.history("collect")
            expectOneLine(first, 3, "0 VMs, 3 in the run before: has the account lost System.View?")
            // The same trouble is not reported to cron again.
            let second = try await polled.history("collect")
            #expect(second.termination == .exited(3) && second.standardError.isEmpty)
            #expect(
                try polled.sql("SELECT outcome, vms, polls FROM collection_run_history ORDER BY run_id")
                    == ["complete|3|3", "partial|0|0", "partial|0|0"])
            #expect(try polled.sql("SELECT DISTINCT outcome FROM customization_history") == ["running"])
            #expect(try polled.sql("SELECT count(*) FROM listed_virtual_machine") == ["3"])
            #expect(try await lastGoodRun(polled) == good)
            let runs = try await polled.history("runs", "--format", "json").standardOutput
            #expect(runs.contains("has the account lost System.View?"))

            try await polled.collect()
            #expect(try await lastGoodRun(polled) != good)
        }
    }

    @Test func `an empty listing is recorded for each endpoint by its own run`() async throws {
        try await PolledVCenter.with(vms: 2) { polled in
            try await polled.collect("--endpoint", "both")
            polled.vCenter.inject(.answer(200, body: "[]"), times: 1) { $0.kind == .virtualMachineList }
            let run = try await polled.history("collect", "--endpoint", "both")
            #expect(run.termination == .exited(3))
            #expect(run.standardError.contains("0 VMs, 2 in the run before"))
            #expect(
                try polled.sql("SELECT endpoint, outcome FROM collection_run_history WHERE run_id > 2")
                    == ["customization-live|partial", "customization|partial"])
        }
    }

    @Test func `a --vm that matches no VM makes no good run and is reported in one line`() async throws {
        try await PolledVCenter.with(vms: 2) { polled in
            try await polled.collect()
            let good = try await lastGoodRun(polled)
            expectOneLine(try await polled.history("collect", "--vm", "nobody-*"), 3, "--vm 'nobody-*'")
            #expect(try polled.sql("SELECT count(*) FROM listed_virtual_machine") == ["2"])
            #expect(try await lastGoodRun(polled) == good)
        }
    }

    @Test func `a filter that matches no VM is named in the message`() async throws {
        try await PolledVCenter.with(vms: 2) { polled in
            for (name, text) in [
                ("password", polled.vCenter.password),
                (
                    "config.yaml",
                    """
                    vcenters:
                      - {name: vc, url: "\(polled.vCenter.url)", username: \(polled.vCenter.user), password_file: password,
                         ca_certificates: ca.pem, filters: {names: [nobody]}}
                    """
                ),
            ] {
                try polled.directory.write(name, text)
            }
            expectOneLine(
                try await polled.history("collect", "--config", "config.yaml", environment: ["GOVC_URL": ""]), 3,
                "0 VMs", "filters")
        }
    }

    private func lastGoodRun(_ polled: PolledVCenter) async throws -> String? {
        try await polled.history("metrics").standardOutput.split(separator: "\n").map(String.init)
            .first { $0.contains("last_good_run_timestamp_seconds{") }
    }
}

import Foundation
import GuestCustomization
import TestSupport
import Testing
import VCenterSimulator

@Suite struct FailingTests {
    /// web 0 failed twice and is stuck, web 1 recovered, web 2 is only stuck, web 3 succeeded.
    private func withHistory(_ body: (PolledVCenter) async throws -> Void) async throws {
        try await PolledVCenter.with(vms: 4) { polled in
            let perl = CustomizationError.text("/usr/bin/perl: not found")
            try polled.set(0, .failed, start: "2026-11-01T08:00:00Z", end: "2026-11-01T08:01:00Z", error: perl)
            try polled.set(1, .failed, start: "2026-11-01T08:00:00Z", end: "2026-11-01T08:01:00Z", error: perl)
            try polled.set(2, .running, start: "2026-11-01T08:00:00Z")
            try polled.set(3, .succeeded, start: "2026-11-01T08:00:00Z", end: "2026-11-01T08:01:00Z")
            try await polled.collect()
            try polled.set(0, .failed, start: "2026-11-02T08:00:00Z", end: "2026-11-02T08:01:00Z", error: perl)
            try polled.set(1, .succeeded, start: "2026-11-02T08:00:00Z", end: "2026-11-02T08:01:00Z")
            try await polled.collect()
            try polled.set(0, .running, start: "2026-11-03T08:00:00Z")
            try await polled.collect()
            try await body(polled)
        }
    }

    private func json(_ polled: PolledVCenter, _ arguments: String...) async throws -> [String: Any] {
        let run = try await polled.history(["failing", "--format", "json"] + arguments)
        #expect(run.termination == .exited(0))
        return try #require(try JSONSerialization.jsonObject(with: Data(run.standardOutputBytes)) as? [String: Any])
    }

    private func vms(_ document: [String: Any]) -> [String] {
        (document["virtual_machines"] as? [[String: Any]] ?? []).compactMap { $0["vm"] as? String }
    }

    @Test func `the list names what fails, since when, how often and why`() async throws {
        try await withHistory { polled in
            let document = try await json(polled)
            #expect(document["format"] as? String == "customization-history/failing/1")
            let vm = try #require((document["virtual_machines"] as? [[String: Any]])?.first)
            #expect(vms(document) == [polled.vm(0)])
            #expect(vm["since"] as? String == "2026-11-01T08:01:00.000Z")
            #expect(vm["failed_at"] as? String == "2026-11-02T08:01:00.000Z")
            #expect(vm["stuck_since"] as? String == "2026-11-03T08:00:00.000Z")
            #expect(vm["failures"] as? Int == 2)
            #expect((vm["cause"] as? [String: Any])?["name"] as? String == "perl-missing")
            #expect((document["coverage"] as? [String: Any])?["can_judge"] as? Bool == true)
            let table = try await polled.history("failing").standardOutput
            #expect(table.contains("1 VM fails now, 1 of them stuck; 1 more is only stuck (--stuck lists it)"))
            #expect(table.contains("perl-missing"))
            let csv = try await polled.history("failing", "--stuck", "--format", "csv").standardOutput
            #expect(csv.split(separator: "\r\n").count == 3)
            let markdown = try await polled.history("failing", "--format", "markdown").standardOutput
            #expect(markdown.hasPrefix("## Failing VMs"))
        }
    }

    @Test func `filters restrict the list, and an unknown name is refused`() async throws {
        try await withHistory { polled in
            #expect(vms(try await json(polled, "--vm", polled.vm(1))) == [])
            #expect(vms(try await json(polled, "--error", "perl-missing", "--vcenter", polled.name)) == [polled.vm(0)])
            #expect(vms(try await json(polled, "--error", "script-not-executable")) == [])
            #expect(vms(try await json(polled, "--endpoint", "customization")) == [])
            #expect(Set(vms(try await json(polled, "--stuck"))) == [polled.vm(0), polled.vm(2)])
            let unknown = try await polled.history("failing", "--vm", "nobody")
            #expect(unknown.termination == .exited(64))
            let typo = try await polled.history("failing", "--error", "perl-mising")
            #expect(typo.termination == .exited(64) && typo.standardOutput.isEmpty)
            #expect(typo.standardError.contains("nearest: perl-missing"), "\(typo.standardError)")
            // VM 1 had it, and recovered.
            #expect(vms(try await json(polled, "--error", "/usr/bin/perl", "--vm", polled.vm(1))) == [])
        }
    }

    @Test func `--exit-code is 4 if a VM fails, 0 if none does, and 5 if that is not known`() async throws {
        try await withHistory { polled in
            let fails = try await polled.history("failing", "--exit-code", "--quiet")
            #expect(fails.termination == .exited(4))
            #expect(fails.standardOutput.isEmpty)
            #expect(try await polled.history("failing").termination == .exited(0))
            #expect(try await polled.history("failing", "--exit-code", "--vm", polled.vm(3)).termination == .exited(0))
            let stale = try await polled.history(
                "failing", "--exit-code", "--vm", polled.vm(3), "--silent-after", "1ms")
            #expect(stale.termination == .exited(5))
            #expect(stale.standardError.contains("not polled: \(polled.name)"))
            #expect(stale.standardOutput.contains("so what fails there now is not known"))
            #expect(stale.standardOutput.contains("no VM is known to fail"))
        }
    }

    @Test func `a history in which nothing was ever answered cannot tell`() async throws {
        try await PolledVCenter.with(vms: 1) { polled in
            let environment = ["GOVC_PASSWORD": "wrong"]
            _ = try await polled.history("collect", environment: environment)
            let run = try await polled.history("failing", "--exit-code")
            #expect(run.termination == .exited(5))
            #expect(!run.standardOutput.contains("no VM fails now"))
        }
    }

    @Test func `--schema prints a JSON Schema of the document`() async throws {
        let run = try await BuiltExecutable.history.run("failing", "--schema", in: nil)
        let schema = try JSONSerialization.jsonObject(with: Data(run.standardOutputBytes)) as? [String: Any]
        #expect(schema?["title"] as? String == "customization-history/failing/1")
    }
}

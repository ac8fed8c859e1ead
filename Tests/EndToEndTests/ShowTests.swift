import Foundation
import GRDB
import GuestCustomization
import TestSupport
import Testing
import VCenterSimulator

@Suite struct ShowTests {
    /// VM 0 fails, is renamed, succeeds and is then refused; VMs 1 and 2 share a name.
    private func withHistory(_ body: (PolledVCenter) async throws -> Void) async throws {
        try await PolledVCenter.with(vms: 3) { polled in
            for (index, name) in ["old \u{1B}[2Jname", "twin", "twin"].enumerated() {
                try polled.vCenter.renameVirtualMachine(polled.vm(index), to: name)
            }
            let message = LocalizableMessage(id: "com.vmware.x.perl_missing", defaultMessage: "Nothing to run it with.")
            try polled.set(
                0, .failed, start: "2026-11-01T08:00:00Z", end: "2026-11-01T08:01:00Z", error: .message(message))
            try polled.set(1, .notAvailable)
            try polled.set(2, .running, start: "2026-11-01T08:00:00Z")
            try await polled.collect()
            try polled.vCenter.renameVirtualMachine(polled.vm(0), to: "new name")
            try polled.set(0, .succeeded, start: "2026-11-02T08:00:00Z", end: "2026-11-02T08:00:30.5Z")
            try await polled.collect()
            try polled.vCenter.setAccess(to: polled.vm(0), isDenied: true)
            try await polled.collect()
            try await body(polled)
        }
    }

    private struct Shown: Decodable {
        struct Name: Decodable { var name, first_seen_at: String }
        struct Poll: Decodable {
            var endpoint, polled_at, result: String
            var http_status: Int?
            var status, error_message: String?
        }
        struct Run: Decodable {
            var endpoint, outcome, status: String
            var start_time, end_time, error_id, error_message, cause: String?
            var duration_seconds: Double?
            var polls: Int
        }
        var format, vcenter, vm, name: String
        var instance_uuid: String?
        var names: [Name]
        var latest_polls: [Poll]
        var earlier_customizations: Int
        var customizations: [Run]
    }

    private func shown(_ run: EndedRun) throws -> Shown {
        #expect(run.termination == .exited(0))
        #expect(run.standardError.isEmpty)
        return try JSONDecoder().decode(Shown.self, from: Data(run.standardOutputBytes))
    }

    @Test func `show lists a VM's customizations in order, its renames and its latest poll`() async throws {
        try await withHistory { polled in
            let vm = try shown(try await polled.history("show", polled.vm(0), "--format", "json"))
            #expect((vm.format, vm.vcenter, vm.vm) == ("customization-history/vm/1", polled.name, polled.vm(0)))
            #expect(vm.name == "new name")
            #expect(vm.names.map(\.name) == ["old \u{1B}[2Jname", "new name"])
            #expect(vm.customizations.map(\.outcome) == ["failed", "succeeded"])
            #expect(vm.customizations.map(\.duration_seconds) == [60, 30.5])
            #expect(vm.customizations.map(\.start_time) == ["2026-11-01T08:00:00.000Z", "2026-11-02T08:00:00.000Z"])
            #expect(vm.customizations.map(\.error_message) == ["Nothing to run it with.", nil])
            #expect(vm.customizations.map(\.cause) == ["perl-missing", nil])
            let latest = try #require(vm.latest_polls.first)
            #expect(vm.latest_polls.count == 1)
            #expect((latest.endpoint, latest.result) == ("customization-live", "unauthorized"))
            #expect(latest.http_status == 403 && latest.status == nil)
            #expect(
                try polled.sql("SELECT max(polled_at) FROM poll_history WHERE vm = '\(polled.vm(0))'")
                    == [latest.polled_at])
        }
    }

    @Test func `show finds a VM by its name, a former name and its instance UUID`() async throws {
        try await withHistory { polled in
            // A listing does not contain the UUID.
            try polled.change(
                "UPDATE virtual_machine SET instance_uuid = '50280001-AbCd-0000-0000-000000000001' WHERE moid = ?",
                [polled.vm(2)])
            for text in ["new name", "old \u{1B}[2Jname", polled.vm(0)] {
                #expect(try shown(try await polled.history("show", text, "--format", "json")).vm == polled.vm(0))
            }
            let byUUID = try await polled.history("show", "50280001-abcd-0000-0000-000000000001", "--format", "json")
            #expect(try shown(byUUID).vm == polled.vm(2))
            #expect(try shown(byUUID).instance_uuid == "50280001-AbCd-0000-0000-000000000001")
        }
    }

    @Test func `VMs that share a name are listed in one line, and show exits with 64`() async throws {
        try await withHistory { polled in
            let run = try await polled.history("show", "twin")
            #expect(run.termination == .exited(64))
            #expect(run.standardOutput.isEmpty)
            #expect(run.standardError.hasSuffix("\n") && !run.standardError.dropLast().contains("\n"))
            for index in 1...2 { #expect(run.standardError.contains("\(polled.vm(index)) in \(polled.name) (twin)")) }
            #expect(!run.standardError.contains(polled.vm(0) + " "))
        }
    }

    @Test func `an unknown VM, or one of another vCenter, is reported, and show exits with 64`() async throws {
        try await withHistory { polled in
            for (arguments, said) in [
                (["\u{1B}[2Jnobody"], "no VM in \(polled.database)"),
                ([polled.vm(0), "--vcenter", "elsewhere"], "there is no vCenter \"elsewhere\" in \(polled.database)"),
            ] {
                let run = try await BuiltExecutable.history.run(
                    ["show"] + arguments, environment: polled.environment, in: polled.directory)
                #expect(run.termination == .exited(64))
                #expect(run.standardError.contains(said))
                #expect(!run.standardError.contains("\u{1B}"))
            }
        }
    }

    @Test func `the table fits a terminal, passes no controls to it and shows the cause`() async throws {
        try await withHistory { polled in
            let run = try await polled.history("show", "new name", environment: ["TZ": "Europe/Berlin"])
            #expect(run.termination == .exited(0))
            let text = run.standardOutput
            for part in [
                "new name (\(polled.vm(0))) in \(polled.name), times in CET", "2026-11-01 09:00",
                "Nothing to run it with.",
                "perl-missing: ", "30.5s", "unauthorized: HTTP 403",
            ] { #expect(text.contains(part), "\(part)") }
            #expect(!text.unicodeScalars.contains { $0.value < 0x20 && $0 != "\n" })
            #expect(text.split(separator: "\n").allSatisfy { $0.count <= 100 })
        }
    }

    @Test func `a limit shows the latest customizations and the number of earlier ones`() async throws {
        try await withHistory { polled in
            let run = try await polled.history("show", "new name", "--limit", "1", "--format", "json")
            let vm = try shown(run)
            #expect(vm.customizations.map(\.outcome) == ["succeeded"])
            #expect(vm.earlier_customizations == 1)
            let table = try await polled.history("show", "new name", "--limit", "1")
            #expect(table.standardOutput.contains("1 earlier customization"))
            #expect(try await polled.history("show", "new name", "--limit", "0").termination == .exited(64))
        }
    }

    @Test func `show gives the last answer of a gone VM`() async throws {
        try await withHistory { polled in
            let gone = polled.vm(2)
            try polled.vCenter.removeVirtualMachine(gone)
            try await polled.collect()
            let vm = try shown(try await polled.history("show", gone, "--format", "json"))
            #expect(vm.latest_polls.map(\.status) == ["RUNNING"])
            #expect(
                try polled.sql("SELECT max(polled_at) FROM poll_history WHERE vm = '\(gone)'")
                    == vm.latest_polls.map(\.polled_at))
            #expect(vm.customizations.map(\.polls) == [3])
        }
    }
}

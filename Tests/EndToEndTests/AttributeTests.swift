import Foundation
import GuestCustomization
import TestSupport
import Testing
import VCenterSimulator

/// What VMs are, from the vCenter to the report.
@Suite struct AttributeTests {
    private struct Contract: Decodable {
        struct Attributes: Decodable {
            struct Value: Decodable {
                var value: String?
                var customizations, failed, succeeded, virtual_machines: Int
            }
            struct Suspect: Decodable {
                var attribute, value: String
                var failed, finished, failed_elsewhere, finished_elsewhere: Int
                var p_value, adjusted_p_value: Double
            }
            var by: String?
            var values: [Value]
            var finished, attributed, tested: Int
            var suspects: [Suspect]
        }
        struct Summary: Decodable { var customizations, failed, succeeded: Int }
        var summary: Summary
        var attributes: Attributes?
    }

    private static let everything = ["report", "--since", "2020-01-01", "--format", "json"]

    private func contract(_ polled: PolledVCenter, _ arguments: String...) async throws -> Contract {
        let run = try await polled.history(Self.everything + arguments)
        #expect(run.termination == .exited(0), "\(run.standardError)")
        return try JSONDecoder().decode(Contract.self, from: Data(run.standardOutputBytes))
    }

    @Test(arguments: PlantedSuspect.Kind.allCases)
    func `the planted suspect is named`(_ kind: PlantedSuspect.Kind) async throws {
        try await PolledVCenter.with(
            vms: 400,
            adjusting: {
                $0.suspect = kind
                $0.eventsKeptSeconds = 30 * 86_400
            }
        ) { polled in
            try await polled.collect("--endpoint", "both")
            let planted = try #require(polled.vCenter.suspect)
            let attributes = try #require(try await contract(polled, "--by", "suspect").attributes)
            // An operating system comes before the template that alone has it, if more is known of it.
            let first = try #require(
                attributes.suspects.first { kind != .template || $0.attribute == "template" })
            #expect(first.attribute == kind.rawValue && first.value == planted.name)
            #expect(attributes.attributed == attributes.finished)
            let table = try await polled.history("report", "--since", "2020-01-01", "--by", "suspect")
            #expect(
                table.standardOutput.contains(
                    "\(planted.name): \(first.failed) of \(first.finished) failed, "))
            let page = try await polled.history("report", "--since", "2020-01-01", "--format", "html")
            #expect(page.standardOutput.contains("<h2 id=\"suspects\">What fails</h2>"))
            let values = try #require(try await contract(polled, "--by", kind.rawValue).attributes)
            let value = try #require(values.values.first { $0.value == planted.name })
            #expect(value.failed == first.failed && value.failed + value.succeeded == first.finished)
        }
    }

    @Test func `a second pass over VMs that stay as they are asks for no identity and adds nothing`() async throws {
        try await PolledVCenter.with(vms: 250) { polled in
            let sizes = """
                SELECT (SELECT count(*) FROM attribute_change), (SELECT count(*) FROM virtual_machine_source), (SELECT count(*) FROM attribute_text)
                """
            try await polled.collect()
            let first = try polled.sql(sizes)
            #expect(first[0].hasPrefix("250|"))
            try await polled.collect()
            #expect(try polled.sql(sizes) == first)
            #expect(polled.vCenter.activity.requests[.virtualMachine, default: 0] == 0)
            #expect(
                try polled.sql("SELECT count(*), count(DISTINCT instance_uuid), min(is_identified) FROM virtual_machine")
                    == ["250|250|1"])
            #expect(polled.vCenter.liveViews == 0 && polled.vCenter.liveCollectors == 0)
            let verified = try await polled.history("verify")
            #expect(verified.termination == .exited(0), "\(verified.standardError)")
        }
    }

    @Test func `a VM that moves has another host from the next pass on`() async throws {
        try await PolledVCenter.with(vms: 60) { polled in
            try await polled.collect()
            let vm = polled.vCenter.virtualMachines[0]
            let other = try #require(polled.vCenter.hosts.first { $0.name != vm.host.name })
            try polled.vCenter.moveVirtualMachine(vm.id, to: other)
            try await polled.collect()
            #expect(
                try polled.sql(
                    "SELECT host, until IS NULL FROM virtual_machine_attribute_history WHERE vm = '\(vm.id)' ORDER BY since")
                    == ["\(vm.host.name)|0", "\(other.name)|1"])
            #expect(try polled.sql("SELECT count(*) FROM attribute_change") == ["61"])
        }
    }

    @Test func `a vCenter without the API loses nothing but this, and nothing is said`() async throws {
        try await PolledVCenter.with { polled in
            polled.hideVIJSON()
            let run = try await polled.collect()
            #expect(run.standardError.isEmpty)
            #expect(polled.vCenter.activity.requests[.virtualMachine] == 3)
            #expect(try polled.sql("SELECT count(*) FROM attribute_change") == ["0"])
            let attributes = try #require(try await contract(polled, "--by", "suspect").attributes)
            #expect(attributes.attributed == 0 && attributes.suspects.isEmpty)
            let table = try await polled.history("report", "--since", "2020-01-01", "--by", "suspect")
            #expect(!table.standardOutput.contains("Nothing stands out"))
            if attributes.finished > 0 { #expect(table.standardOutput.contains("Not known")) }
            let filtered = try await polled.history("report", "--host", "esx*")
            #expect(filtered.termination == .exited(64))
            #expect(filtered.standardError.contains("nothing is recorded of it"))
        }
    }

    @Test(arguments: [SimulatedFault.answer(500), .reset])
    func `whatever goes wrong with it, all VMs are polled, and one line says so`(_ fault: SimulatedFault) async throws {
        try await PolledVCenter.with(vms: 20, mayLeaveSessions: true) { polled in
            polled.vCenter.inject(fault) { $0.kind == .vim }
            let run = try await polled.history("collect", "--endpoint", "customization-live", "--timeout", "2s", "--run-timeout", "60s")
            #expect(run.termination == .exited(0), "\(run.standardError)")
            #expect(run.standardError.split(separator: "\n").count == 1)
            #expect(run.standardError.contains("what its VMs are, such as on which hosts, was not read completely"))
            #expect(try polled.sql("SELECT outcome, polls FROM collection_run_history") == ["complete|20"])
            // Under cron it is said once, and so is its end.
            let again = try await polled.history("collect", "--endpoint", "customization-live", "--timeout", "2s", "--run-timeout", "60s")
            #expect(again.standardError.isEmpty)
            polled.vCenter.removeFaults()
            let well = try await polled.collect("--endpoint", "customization-live")
            #expect(well.standardError.contains("back to normal"))
            #expect(try polled.sql("SELECT count(*) FROM attribute_change") == ["20"])
        }
    }

    @Test func `a pass over chosen VMs does not ask about all`() async throws {
        try await PolledVCenter.with { polled in
            try await polled.collect("--vm", polled.vm(0))
            #expect(polled.vCenter.activity.requests[.vim, default: 0] == 0)
            #expect(polled.vCenter.activity.requests[.virtualMachine] == 1)
        }
    }

    @Test func `filters restrict every figure to what VMs were`() async throws {
        try await PolledVCenter.with(vms: 200) { polled in
            try await polled.collect("--endpoint", "both")
            let all = try await contract(polled, "--by", "host")
            let host = try #require(all.attributes?.values.first)
            let name = try #require(host.value)
            let one = try await contract(polled, "--host", name)
            #expect(one.summary.customizations == host.customizations && one.summary.failed == host.failed)
            #expect(one.attributes == nil)
            #expect(try await contract(polled, "--host", "*").summary.customizations == all.summary.customizations)
            let unknown = try await polled.history("report", "--host", name + "x")
            #expect(unknown.termination == .exited(64) && unknown.standardError.contains("did you mean \"\(name)\""))
        }
    }
}

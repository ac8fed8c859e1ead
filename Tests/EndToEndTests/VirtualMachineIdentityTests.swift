import Foundation
import GuestCustomization
import Testing
import VCenterSimulator

@Suite struct VirtualMachineIdentityTests {
    private static let failed = CustomizationError.text("No Perl.")

    private func fail(_ index: Int, _ polled: PolledVCenter) throws {
        try polled.set(
            index, .failed, start: "2026-11-01T08:00:00Z", end: "2026-11-01T08:01:00Z", error: Self.failed)
    }

    /// VM 0 failed and is removed; its id is assigned to a new VM, which succeeded.
    private func withReusedID(
        named name: String = "new-01",
        _ body: (_ polled: PolledVCenter, _ id: String, _ old: SimulatedVirtualMachine) async throws -> Void
    ) async throws {
        try await PolledVCenter.with { polled in
            try polled.vCenter.renameVirtualMachine(polled.vm(0), to: "old-01")
            let old = polled.vCenter.virtualMachines[0]
            try fail(0, polled)
            try await polled.collect("--endpoint", "both")
            polled.vCenter.reuse(old.id, forVirtualMachineNamed: name)
            try polled.vCenter.setCustomization(
                CustomizationInfo(
                    status: .succeeded, startTime: Timestamp(rfc3339: "2026-11-02T08:00:00Z"),
                    endTime: Timestamp(rfc3339: "2026-11-02T08:01:00Z")), of: old.id, .customizationLive)
            try await polled.collect("--endpoint", "both")
            try await body(polled, old.id, old)
        }
    }

    @Test func `a managed object id that returns with another instance UUID is another VM`() async throws {
        try await withReusedID { polled, id, old in
            let new = try #require(polled.vCenter.virtualMachines.first { $0.id == id })
            #expect(
                try polled.sql(
                    """
                    SELECT v.name, v.instance_uuid, count(*) FROM poll AS p JOIN virtual_machine AS v ON v.id = p.vm_id
                    WHERE v.moid = '\(id)' GROUP BY v.id ORDER BY v.id
                    """) == ["old-01|\(old.instanceUUID)|2", "new-01|\(new.instanceUUID)|2"])
            #expect(
                try polled.sql(
                    """
                    SELECT vm_name, outcome FROM customization_history
                    WHERE vm = '\(id)' AND endpoint = 'customization-live' ORDER BY start_time
                    """) == ["old-01|failed", "new-01|succeeded"])
            #expect(
                try polled.sql(
                    "SELECT v.name FROM listed_virtual_machine AS l JOIN virtual_machine AS v ON v.id = l.vm_id WHERE v.moid = '\(id)'"
                ) == ["new-01"])
            #expect(try polled.sql("SELECT vm_name, is_listed FROM latest_error WHERE vm = '\(id)'") == ["old-01|0"])
            // The new VM has none of the old one's names.
            let shown = try await polled.history("show", id)
            #expect(shown.standardOutput.contains("new-01 (\(id))"))
            #expect(shown.standardOutput.contains("old-01, another VM that had this id"))
            #expect(!shown.standardOutput.contains("No Perl"))
            for text in [old.instanceUUID.uppercased(), "old-01"] {
                let before = try await polled.history("show", text)
                #expect(before.termination == .exited(0))
                #expect(before.standardOutput.contains("old-01 (\(id))") && before.standardOutput.contains("No Perl"))
            }
        }
    }

    @Test func `a VM's identity is requested before its poll, and not again for a known VM`() async throws {
        try await PolledVCenter.with(adjusting: { $0.recordsExchanges = true }) { polled in
            polled.hideVIJSON()
            try await polled.collect()
            try await polled.collect()
            #expect(polled.vCenter.activity.requests[.virtualMachine] == 3)
            let id = polled.vm(1)
            let seen = polled.vCenter.exchanges.count
            polled.vCenter.reuse(id, forVirtualMachineNamed: "another")
            try await polled.collect()
            let asked = polled.vCenter.exchanges.dropFirst(seen).map(\.target)
            #expect(polled.vCenter.activity.requests[.virtualMachine] == 4)
            let identity = try #require(asked.firstIndex(of: "/api/vcenter/vm/\(id)"))
            let poll = try #require(asked.firstIndex { $0 == "/api/vcenter/vm/\(id)/guest/customization-live" })
            #expect(identity < poll)
        }
    }

    @Test func `a report has a row for each of the two VMs, and the old one is gone`() async throws {
        struct Contract: Decodable {
            struct VM: Decodable {
                var vm, name: String
                var instance_uuid: String?
                var failed, succeeded: Int
            }
            var virtual_machines: [VM]
        }
        try await withReusedID { polled, id, old in
            let run = try await polled.history(
                "report", "--since", "2026-11-01", "--until", "2026-11-03", "--endpoint", "customization-live",
                "--format",
                "json")
            let rows = try JSONDecoder().decode(Contract.self, from: Data(run.standardOutputBytes)).virtual_machines
                .filter { $0.vm == id }
            #expect(Set(rows.map(\.name)) == ["old-01", "new-01"])
            #expect(rows.first { $0.name == "old-01" }.map { [$0.failed, $0.succeeded] } == [1, 0])
            #expect(rows.first { $0.name == "old-01" }?.instance_uuid == old.instanceUUID)
            #expect(rows.first { $0.name == "new-01" }.map { [$0.failed, $0.succeeded] } == [0, 1])
        }
    }

    @Test func `the identity of a VM that was not listed for a while is requested although its name is the same`()
        async throws
    {
        try await PolledVCenter.with { polled in
            let old = polled.vCenter.virtualMachines[0]
            try await polled.collect()
            try polled.vCenter.removeVirtualMachine(old.id)
            try await polled.collect()
            let new = polled.vCenter.reuse(old.id, forVirtualMachineNamed: old.name)
            try await polled.collect()
            #expect(
                try polled.sql(
                    "SELECT instance_uuid, is_current FROM virtual_machine WHERE moid = '\(old.id)' ORDER BY id")
                    == ["\(old.instanceUUID)|0", "\(new.instanceUUID)|1"])
        }
    }

    @Test func `a vCenter restored from a backup reassigns ids, and each VM keeps its own history`() async throws {
        try await PolledVCenter.with { polled in
            let before = polled.vCenter.virtualMachines
            try fail(0, polled)
            try await polled.collect()
            let id = before[0].id
            polled.vCenter.reuse(id, forVirtualMachineNamed: "later")
            try await polled.collect()
            polled.vCenter.restore(before)
            try await polled.collect()
            #expect(
                try polled.sql(
                    """
                    SELECT v.name, v.is_current, count(*) FROM poll AS p JOIN virtual_machine AS v ON v.id = p.vm_id
                    WHERE v.moid = '\(id)' GROUP BY v.id ORDER BY v.id
                    """) == ["\(before[0].name)|1|2", "later|0|1"])
            #expect(try polled.sql("SELECT count(*) FROM vcenter") == ["1"])
        }
    }

    @Test func `a renamed VM remains the same VM`() async throws {
        try await PolledVCenter.with { polled in
            polled.hideVIJSON()
            try await polled.collect()
            try polled.vCenter.renameVirtualMachine(polled.vm(0), to: "renamed")
            try await polled.collect()
            try await polled.collect()
            #expect(polled.vCenter.activity.requests[.virtualMachine] == 4)
            #expect(try polled.sql("SELECT count(*) FROM virtual_machine") == ["3"])
            #expect(
                try polled.sql(
                    "SELECT n.name FROM virtual_machine_name AS n JOIN virtual_machine AS v ON v.id = vm_id WHERE moid = '\(polled.vm(0))'"
                )
                .count == 2)
        }
    }

    @Test func `a VM without an identity is known by its id alone`() async throws {
        try await PolledVCenter.with { polled in
            polled.hideVIJSON()
            polled.vCenter.inject(.answer(403)) { $0.kind == .virtualMachine }
            try await polled.collect()
            let id = polled.vm(0)
            polled.vCenter.reuse(id, forVirtualMachineNamed: "another")
            try await polled.collect()
            try await polled.collect()
            #expect(try polled.sql("SELECT count(*), count(instance_uuid) FROM virtual_machine") == ["3|0"])
            // Requested once more for the new name, then never again.
            #expect(polled.vCenter.activity.requests[.virtualMachine] == 4)
            #expect(try polled.sql("SELECT name FROM virtual_machine WHERE moid = '\(id)'") == ["another"])
        }
    }

    @Test func `an identity that was temporarily unavailable is requested again`() async throws {
        try await PolledVCenter.with { polled in
            polled.hideVIJSON()
            try await polled.collect()
            let id = polled.vm(0)
            let new = polled.vCenter.reuse(id, forVirtualMachineNamed: "another")
            polled.vCenter.inject(.answer(503)) { $0.kind == .virtualMachine }
            try await polled.collect()
            #expect(try polled.sql("SELECT count(*) FROM virtual_machine") == ["3"])
            polled.vCenter.removeFaults()
            polled.hideVIJSON()
            try await polled.collect()
            #expect(
                try polled.sql("SELECT instance_uuid FROM virtual_machine WHERE moid = '\(id)' AND is_current = 1")
                    == [new.instanceUUID])
        }
    }
}

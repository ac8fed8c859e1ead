import Foundation
import Testing
import VCenterSimulator

/// Above the limit of a listing, hosts are listed one by one, and listing one of them may fail.
@Suite struct UnlistedHostTests {
    /// 300 VMs on 6 hosts: a host has about 50, and never 90.
    private func withManyVMs(_ body: (PolledVCenter) async throws -> Void) async throws {
        try await PolledVCenter.with(vms: 300, adjusting: { $0.virtualMachineLimit = 90 }, body)
    }

    @Test(arguments: [
        (SimulatedFault.answer(.unauthorized(vm: "host")), "HTTP 403"), (.answer(503), "HTTP 503"),
        (.answer(500, body: "<h1>Oops</h1>"), "HTTP 500"), (.answer(.timedOut), "HTTP 504"),
        (.answer(200, body: "{}"), "is not the list"), (.neverAnswer, "no complete answer within 1 s"),
    ])
    func `a host that cannot be listed is named, costs only its own VMs, and none becomes gone`(
        fault: SimulatedFault, reason: String
    ) async throws {
        try await withManyVMs { polled in
            try await polled.collect()
            let host = polled.vCenter.hosts[2]
            let missing = polled.vCenter.virtualMachines.filter { $0.host.id == host.id }.count
            #expect(missing > 0)
            polled.vCenter.inject(fault) { $0.kind == .virtualMachineList && $0.target.contains("hosts=\(host.id)") }
            let run = try await polled.history("collect", "--timeout", "1s")
            expectOneLine(
                run, 3,
                "the VMs of one host could not be listed, and were not polled: host \(host.name) (\(host.id)): ",
                reason)
            #expect(
                try polled.sql("SELECT outcome, vms, polls, failed_polls FROM collection_run_history WHERE run_id = 2")
                    == ["partial|\(300 - missing)|\(300 - missing)|0"])
            #expect(
                try polled.sql(
                    "SELECT count(*) FROM collection_run WHERE id = 2 AND failure LIKE '%\(host.name)%'")
                    == ["1"])
            #expect(try polled.sql("SELECT count(*) FROM virtual_machine_listing WHERE gone_run_id IS NULL") == ["300"])

            polled.vCenter.removeFaults()
            try await polled.collect()
            #expect(try polled.sql("SELECT polls FROM collection_run_history WHERE run_id = 3") == ["300"])
        }
    }

    @Test func `a refusal for all hosts is not blamed on one host`() async throws {
        try await withManyVMs { polled in
            polled.vCenter.inject(.answer(.unauthorized(vm: "host"))) {
                $0.kind == .virtualMachineList && $0.target.contains("hosts=")
            }
            let run = try await polled.history("collect")
            #expect(run.termination == .exited(69), "\(run.standardError)")
            #expect(run.standardError.contains("cannot list the VMs"))
            #expect(try polled.sql("SELECT outcome, polls FROM collection_run_history") == ["failed|0"])
        }
    }

    @Test func `hosts with the same trouble share one line`() async throws {
        try await withManyVMs { polled in
            let refused = polled.vCenter.hosts.prefix(5).map { "hosts=\($0.id)" }
            polled.vCenter.inject(.answer(.unauthorized(vm: "host"))) { request in
                request.kind == .virtualMachineList && refused.contains { request.target.hasSuffix($0) }
            }
            let run = try await polled.history("collect")
            expectOneLine(run, 3, "the VMs of 5 hosts could not be listed", "and 2 others: HTTP 403")
        }
    }
}

import Foundation
import GuestCustomization
import Synchronization
import Testing
import VCenterSimulator

/// Connections that break cost no poll if the vCenter is otherwise well.
@Suite struct LostConnectionTests {
    @Test(arguments: [(every: 2, lasts: true), (every: 5, lasts: true), (every: 5, lasts: false)])
    func `connections dropped in the handshake cost no waiting request`(
        every: Int, lasts: Bool
    ) async throws {
        try await PolledVCenter.with(
            vms: 200,
            adjusting: {
                $0.dropsHandshake = { $0 % every == every - 1 }
                $0.latency = .milliseconds(2)
            }
        ) { polled in
            // If no connection lasts, hundreds are made.
            if !lasts { polled.vCenter.inject(.closeAfterAnswer) { $0.vm != nil } }
            let run = try await polled.history("collect")
            #expect(run.termination == .exited(0), "\(run.standardError)")
            #expect(run.standardError.isEmpty)
            #expect(
                try polled.sql("SELECT result, count(*) FROM poll_history GROUP BY 1") == ["reported|200"])
        }
    }

    @Test(arguments: ["0", "1"])
    func `a connection dropped in the first handshake is repeated and not reported as untrusted`(insecure: String)
        async throws
    {
        try await PolledVCenter.with(adjusting: { $0.dropsHandshake = { $0 == 0 || $0 == 2 } }) { polled in
            let run = try await polled.history("collect", environment: ["GOVC_INSECURE": insecure])
            #expect(run.termination == .exited(0), "\(run.standardError)")
        }
        try await PolledVCenter.with(adjusting: { $0.dropsHandshake = { _ in true } }) { polled in
            let run = try await polled.history("collect", environment: ["GOVC_INSECURE": insecure])
            #expect(run.termination == .exited(69))
            #expect(run.standardError.contains("the server closed the connection during the TLS handshake"))
            #expect(!run.standardError.contains("trusted"))
        }
    }

    @Test func `a connection that the server closes just after its answers costs no poll`() async throws {
        try await PolledVCenter.with(vms: 300) { polled in
            polled.vCenter.inject(.closeAfterAnswer)
            let run = try await polled.history("collect")
            #expect(run.termination == .exited(0), "\(run.standardError)")
            #expect(
                try polled.sql("SELECT outcome, polls, failed_polls FROM collection_run_history") == ["complete|300|0"]
            )
        }
    }

    @Test(arguments: [
        (SimulatedFault.reset, 3), (.closeWithoutAnswer, 3), (.resetAfterHeaders, 10), (.cutBody(afterBytes: 5), 10),
    ])
    func `a connection that breaks at the first request about some VMs costs no poll`(fault: SimulatedFault, every: Int)
        async throws
    {
        try await PolledVCenter.with(vms: 600) { polled in
            let broken = Mutex(Set<String>())
            let odd = Set((0..<600).filter { $0 % every == 0 }.map { polled.vm($0) })
            polled.vCenter.inject(fault) { request in
                guard request.kind == .customizationLive, let vm = request.vm, odd.contains(vm) else { return false }
                return broken.withLock { $0.insert(vm).inserted }
            }
            let run = try await polled.history("collect")
            #expect(run.termination == .exited(0), "\(run.standardError)")
            #expect(try polled.sql("SELECT result, count(*) FROM poll_history GROUP BY 1") == ["reported|600"])
        }
    }

    @Test func `a connection that always breaks at one VM costs only that poll and few requests`() async throws {
        try await PolledVCenter.with(vms: 100) { polled in
            let odd = polled.vm(0)
            polled.vCenter.inject(.closeWithoutAnswer) { $0.vm == odd }
            let run = try await polled.history("collect", "--timeout", "3s")
            #expect(run.termination == .exited(3))
            #expect(
                try polled.sql("SELECT vm, result FROM poll_history WHERE result <> 'reported'") == [
                    "\(odd)|unreachable"
                ])
            #expect(polled.vCenter.activity.requests[.customizationLive, default: 0] < 125)
        }
    }
}

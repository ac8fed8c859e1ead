import Foundation
import Synchronization
import Testing
import VCenterSimulator

/// A vCenter in trouble costs time, not polls, and no session too many.
@Suite struct `A vCenter in trouble` {
    @Test(arguments: [SimulatedFault.answer(503), .answer(429, headers: [("Retry-After", "1")]), .reset])
    func `for some seconds costs no poll`(trouble: SimulatedFault) async throws {
        try await PolledVCenter.with(vms: 300, adjusting: { $0.latency = .milliseconds(5) }) { polled in
            let began = Mutex<ContinuousClock.Instant?>(nil)
            polled.vCenter.inject(trouble) { request in
                guard request.kind == .customizationLive else { return false }
                return began.withLock { began in
                    if began == nil, request.vm == polled.vm(100) { began = .now }
                    return began.map { .now - $0 < .seconds(3) } ?? false
                }
            }
            let run = try await polled.history("collect")
            #expect(run.termination == .exited(0), "\(run.standardError)")
            #expect(try polled.sql("SELECT outcome, polls FROM collection_run_history") == ["complete|300"])
            #expect(polled.vCenter.activity.requests[.customizationLive, default: 0] < 400)
        }
    }

    @Test func `that is slow to log in gets one login, since each may make a session`() async throws {
        try await PolledVCenter.with(mayLeaveSessions: true) { polled in
            polled.vCenter.inject(.delay(.seconds(3), then: nil)) { $0.kind == .session }
            let run = try await polled.history("collect", "--timeout", "1s")
            #expect(run.termination == .exited(69))
            #expect(run.standardError.contains("no whole answer within 1 s"))
            #expect(polled.vCenter.activity.requests[.session] == 1)
        }
    }

    @Test func `that takes no new login after the session ended is not asked for one by every VM`() async throws {
        try await PolledVCenter.with(vms: 100) { polled in
            let hasBegun = Mutex(false)
            polled.vCenter.inject(.endAllSessions, times: 1) { request in
                guard request.vm == polled.vm(50), request.kind == .customizationLive else { return false }
                hasBegun.withLock { $0 = true }
                return true
            }
            polled.vCenter.inject(.answer(503)) { $0.kind == .session && hasBegun.withLock(\.self) }
            let run = try await polled.history("collect")
            #expect(run.termination == .exited(3))
            #expect(try polled.sql("SELECT outcome, polls FROM collection_run_history") == ["partial|100"])
            #expect(
                try polled.sql("SELECT DISTINCT result FROM poll_history ORDER BY 1") == [
                    "reported", "unauthenticated",
                ])
            // One that went well, four that did not, and the old session is ended, or not, in two.
            #expect(polled.vCenter.activity.requests[.session, default: 0] <= 1 + 4 + 2)
        }
    }

    @Test(arguments: [SimulatedFault.answer(500), .answer(503), .closeWithoutAnswer])
    func `at the log-out is asked once more`(trouble: SimulatedFault) async throws {
        try await PolledVCenter.with { polled in
            polled.vCenter.inject(trouble, times: 1) { $0.method == "DELETE" }
            let run = try await polled.history("collect")
            #expect(run.termination == .exited(0))
            #expect(polled.vCenter.liveSessions == 0)
        }
    }

    @Test func `with identities only does not hold the polls up`() async throws {
        try await PolledVCenter.with(vms: 100) { polled in
            polled.vCenter.inject(.neverAnswer) { $0.kind == .virtualMachine }
            let run = try await polled.history("collect", "--timeout", "1s", "--concurrency", "8")
            #expect(run.termination == .exited(0))
            #expect(try polled.sql("SELECT outcome, polls FROM collection_run_history") == ["complete|100"])
            #expect(polled.vCenter.activity.requests[.virtualMachine, default: 0] < 20)
        }
    }
}

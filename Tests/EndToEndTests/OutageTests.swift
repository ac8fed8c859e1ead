import Foundation
import Synchronization
import Testing
import VCenterSimulator

/// A vCenter in trouble costs time, but no polls and no extra sessions.
@Suite struct OutageTests {
    @Test(arguments: [
        SimulatedFault.answer(503), .answer(429, headers: [("Retry-After", "1")]), .reset,
        .answer(.serviceUnavailable()), .answer(502, body: "<h1>Bad Gateway</h1>"), .answer(500, body: "<h1>Oops</h1>"),
    ])
    func `an outage of a few seconds costs no poll`(trouble: SimulatedFault) async throws {
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

    @Test func `a slow login is sent once, since each may create a session`() async throws {
        try await PolledVCenter.with(mayLeaveSessions: true) { polled in
            polled.vCenter.inject(.delay(.seconds(3), then: nil)) { $0.kind == .session }
            let run = try await polled.history("collect", "--timeout", "1s")
            #expect(run.termination == .exited(69))
            #expect(run.standardError.contains("no complete answer within 1 s"))
            #expect(polled.vCenter.activity.requests[.session] == 1)
        }
    }

    @Test func `an outage in which the session expires costs no poll`() async throws {
        try await PolledVCenter.with(vms: 300, adjusting: { $0.latency = .milliseconds(5) }) { polled in
            let began = Mutex<ContinuousClock.Instant?>(nil)
            polled.vCenter.inject(.endAllSessions, times: 1) { request in
                guard request.kind == .customizationLive, request.vm == polled.vm(100) else { return false }
                began.withLock { $0 = .now }
                return true
            }
            polled.vCenter.inject(.answer(503, body: "<h1>Service Unavailable</h1>")) { _ in
                began.withLock { began in began.map { .now - $0 < .seconds(3) } ?? false }
            }
            let run = try await polled.history("collect")
            #expect(run.termination == .exited(0), "\(run.standardError)")
            #expect(try polled.sql("SELECT outcome, polls FROM collection_run_history") == ["complete|300"])
            #expect(polled.vCenter.activity.logins == 2)
        }
    }

    @Test func `too many sessions are reported with a remedy`() async throws {
        try await PolledVCenter.with { polled in
            polled.vCenter.inject(.answer(.tooManySessions)) { $0.kind == .session }
            let run = try await polled.history("collect")
            #expect(run.termination == .exited(69))
            #expect(run.standardError.contains("HTTP 503"))
            #expect(run.standardError.contains("end those that other programs left open"))
        }
    }

    @Test func `a redirected login is reported with its target, and nothing is sent there`() async throws {
        try await PolledVCenter.with { polled in
            polled.vCenter.inject(.redirect(to: "https://u:secret@sso.example.org/login?token=secret")) {
                $0.kind == .session
            }
            let run = try await polled.history("collect")
            #expect(run.termination == .exited(69))
            #expect(run.standardError.contains("redirect (HTTP 302) to https://sso.example.org/login"))
            #expect(!run.standardError.contains("secret"))
        }
    }

    @Test(arguments: [SimulatedFault.answer(500), .answer(503), .closeWithoutAnswer])
    func `a failed logout is repeated once`(trouble: SimulatedFault) async throws {
        try await PolledVCenter.with { polled in
            polled.vCenter.inject(trouble, times: 1) { $0.method == "DELETE" }
            let run = try await polled.history("collect")
            #expect(run.termination == .exited(0))
            #expect(polled.vCenter.liveSessions == 0)
        }
    }

    @Test func `an outage of identities alone does not delay the polls`() async throws {
        try await PolledVCenter.with(vms: 100) { polled in
            polled.hideVIJSON()
            polled.vCenter.inject(.neverAnswer) { $0.kind == .virtualMachine }
            let run = try await polled.history("collect", "--timeout", "1s", "--concurrency", "8")
            #expect(run.termination == .exited(0))
            #expect(try polled.sql("SELECT outcome, polls FROM collection_run_history") == ["complete|100"])
            #expect(polled.vCenter.activity.requests[.virtualMachine, default: 0] < 20)
        }
    }
}

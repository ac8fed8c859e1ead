import Foundation
import Synchronization
import Testing
import VCenterSimulator

/// A token bucket that fills at a steady rate.
private final class RequestBucket: Sendable {
    private let perSecond: Double
    private let capacity: Double
    private let state: Mutex<(left: Double, at: ContinuousClock.Instant)>

    init(perSecond: Double, capacity: Double) {
        self.perSecond = perSecond
        self.capacity = capacity
        state = Mutex((capacity, .now))
    }

    /// Takes a token; returns whether there was one.
    func take() -> Bool {
        state.withLock { state in
            let now = ContinuousClock.now
            state.left = min(capacity, state.left + (now - state.at) / .seconds(1) * perSecond)
            state.at = now
            guard state.left >= 1 else { return false }
            state.left -= 1
            return true
        }
    }
}

@Suite struct RateLimitTests {
    struct Telling: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var fault: SimulatedFault
        var capacity = 100.0
    }

    @Test(arguments: [
        Telling(testDescription: "429, a second", fault: .answer(429, headers: [("Retry-After", "1")])),
        Telling(testDescription: "503, a second", fault: .answer(503, headers: [("Retry-After", "1")])),
        Telling(testDescription: "429, no time", fault: .answer(429, body: "<h1>Too Many Requests</h1>")),
        Telling(testDescription: "429, no wait", fault: .answer(429, headers: [("Retry-After", "0")]), capacity: 10),
        Telling(testDescription: "429, garbage", fault: .answer(429, headers: [("Retry-After", "soon")])),
        Telling(
            testDescription: "429, a date that is over",
            fault: .answer(429, headers: [("Retry-After", "Sun, 06 Nov 1994 08:49:37 GMT")])),
    ])
    func `a limit of 100 requests per second costs no poll, and the rate settles`(telling: Telling)
        async throws
    {
        try await PolledVCenter.with(vms: 600) { polled in
            let bucket = RequestBucket(perSecond: 100, capacity: telling.capacity)
            polled.vCenter.inject(telling.fault) { $0.kind == .customizationLive && !bucket.take() }
            let run = try await polled.history("collect")
            #expect(run.termination == .exited(0), "\(run.standardError)")
            #expect(try polled.sql("SELECT result, count(*) FROM poll_history GROUP BY 1") == ["reported|600"])
            // If the rate did not settle, each VM would be refused several times.
            #expect(polled.vCenter.activity.requests[.customizationLive, default: 0] < 1200)
        }
    }

    @Test(arguments: ["9999", "999999999999999999999999"])
    func `a VM told to wait for hours delays only itself and is reported once`(time: String) async throws {
        try await PolledVCenter.with(vms: 200) { polled in
            let odd = polled.vm(3)
            polled.vCenter.inject(.answer(429, headers: [("Retry-After", time)])) { $0.vm == odd }
            let run = try await polled.history("collect", "--concurrency", "1")
            expectOneLine(run, 3, "1 of 200 polls got no answer: 1 HTTP 429")
            #expect(
                try polled.sql("SELECT vm, result, http_status FROM poll_history WHERE result <> 'reported'")
                    == ["\(odd)|unavailable|429"])
            // One more request tests whether the endpoint exists.
            #expect(polled.vCenter.activity.requests[.customizationLive] == 201)
        }
    }

    @Test func `ten VMs told to wait for hours in a row hardly delay the others`() async throws {
        try await PolledVCenter.with(vms: 60) { polled in
            let odd = Set((20..<30).map { polled.vm($0) })
            polled.vCenter.inject(.answer(429, headers: [("Retry-After", "9999")])) { $0.vm.map(odd.contains) == true }
            let run = try await polled.history("collect", "--run-timeout", "30s")
            expectOneLine(run, 3, "10 of 60 polls got no answer: 10 HTTP 429")
        }
    }

    @Test func `a wait at every request ends the run at its time limit, which is reported`() async throws {
        try await PolledVCenter.with(vms: 60) { polled in
            polled.vCenter.inject(.answer(429, headers: [("Retry-After", "3600")])) { $0.kind == .customizationLive }
            let run = try await polled.history("collect", "--run-timeout", "3s")
            expectOneLine(run, 3, "the run's time limit of 3s expired")
        }
    }

    @Test func `a wait at the login longer than the run's time limit is reported with its length`() async throws {
        try await PolledVCenter.with { polled in
            polled.vCenter.inject(.answer(429, headers: [("Retry-After", "7200")])) { $0.kind == .session }
            let run = try await polled.history("collect")
            expectOneLine(run, 69, "did not accept the login (HTTP 429)", "try again in 2 h")
            #expect(polled.vCenter.activity.requests[.session] == 1)
        }
    }
}

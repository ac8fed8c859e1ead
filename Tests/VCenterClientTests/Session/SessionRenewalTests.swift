import GuestCustomization
import HistoryConfiguration
import Logging
import Synchronization
import TestSupport
import Testing
import VCenterSimulator

@testable import VCenterClient

/// Many polls in sessions that expire, are refused or cannot be created.
@Suite struct SessionRenewalTests {
    /// Polls every VM, `atOnce` of them concurrently, and checks the answers. No session remains.
    ///
    /// - Parameter places: The maximum of concurrent requests; `nil` for `atOnce`.
    private func poll(
        vms: Int, atOnce: Int = 16, places: Int? = nil, retry: RetryPolicy = RetryPolicy(),
        clock: ManualClock = ManualClock(.skipped),
        adjusting adjust: (inout SimulatedVCenter.Options) -> Void = { _ in },
        scripting script: (SimulatedVCenter) throws -> Void = { _ in },
        _ check: ([String: TimedAnswer], SimulatedVCenter) throws -> Void
    ) async throws {
        var options = SimulatedVCenter.Options(clock: Timestamp.now)
        options.virtualMachines = vms
        adjust(&options)
        try await SimulatedVCenter.withRunning(options) { simulated in
            try script(simulated)
            var configuration = VCenterConfiguration(
                address: try VCenterURL(simulated.url).address,
                credentials: .login(user: simulated.user, password: Secret(simulated.password)), trust: .insecure)
            configuration.concurrency = places ?? atOnce
            let vCenter = VCenter(
                configuration, retry: retry, logger: Logger(label: "test"), now: Timestamp.now, clock: clock.steady)
            var waiting = try await vCenter.virtualMachines().virtualMachines.makeIterator()
            let answers = try await withThrowingTaskGroup(of: (String, TimedAnswer).self) { group in
                func startNext() {
                    guard let vm = waiting.next()?.id else { return }
                    group.addTask { (vm, try await vCenter.lastCustomization(of: vm, endpoint: .customizationLive)) }
                }
                for _ in 0..<atOnce { startNext() }
                var answers: [String: TimedAnswer] = [:]
                while let (vm, answer) = try await group.next() {
                    answers[vm] = answer
                    startNext()
                }
                return answers
            }
            await vCenter.close()
            #expect(answers.count == vms)
            #expect(simulated.liveSessions == 0)
            #expect(simulated.activity.logoutsInUse == 0)
            try check(answers, simulated)
        }
    }

    private func results(_ answers: [String: TimedAnswer]) -> [Answer.Result: Int] {
        Dictionary(grouping: answers.values, by: \.answer.result).mapValues(\.count)
    }

    @Test(arguments: [(25, 16), (7, 16), (3, 4), (1, 1)])
    func `a session that expires after some requests is renewed each time`(requests: Int, atOnce: Int) async throws {
        try await poll(vms: 300, atOnce: atOnce, adjusting: { $0.sessionRequests = requests }) { answers, simulated in
            #expect(results(answers) == [.reported: 300])
            #expect(simulated.activity.logins >= 300 / requests)
        }
    }

    @Test(arguments: [1, 16])
    func `a session that works for others is not renewed for VMs that always answer 401`(atOnce: Int) async throws {
        try await poll(
            vms: 300, atOnce: atOnce,
            scripting: { simulated in
                let refused = Set(simulated.virtualMachines.map(\.id)[100..<130])
                simulated.inject(.answer(.unauthenticated)) { $0.vm.map(refused.contains) == true }
            }
        ) { answers, simulated in
            #expect(results(answers) == [.reported: 270, .unauthenticated: 30])
            #expect(simulated.activity.logins == 1 && simulated.activity.logouts == 1)
        }
    }

    @Test func `a session that expires among VMs that always answer 401 is renewed for the others`() async throws {
        try await poll(
            vms: 300, adjusting: { $0.sessionRequests = 40 },
            scripting: { simulated in
                let refused = Set(simulated.virtualMachines.map(\.id)[100..<130])
                simulated.inject(.answer(.unauthenticated)) { $0.vm.map(refused.contains) == true }
            }
        ) { answers, _ in
            #expect(results(answers) == [.reported: 270, .unauthenticated: 30])
        }
    }

    @Test func `a session is not renewed forever for a VM that ends it`() async throws {
        try await poll(
            vms: 100,
            scripting: { simulated in
                let poison = simulated.virtualMachines[50].id
                simulated.inject(.endAllSessions) { $0.vm == poison }
            }
        ) { answers, simulated in
            #expect(results(answers) == [.reported: 99, .unauthenticated: 1])
            #expect(simulated.activity.logins <= 22)
        }
    }

    @Test func `a session that serves nothing is not renewed forever`() async throws {
        try await poll(
            vms: 100,
            scripting: { simulated in
                simulated.inject(.answer(.unauthenticated)) { $0.kind == .customizationLive }
            }
        ) { answers, simulated in
            #expect(results(answers) == [.unauthenticated: 100])
            #expect(simulated.activity.logins <= 4)
        }
    }

    @Test(arguments: [SimulatedFault.reset, .closeWithoutAnswer, .answer(503), .answer(429)])
    func `a session renewed during temporary trouble with logins costs no poll`(trouble: SimulatedFault) async throws {
        let retry = RetryPolicy(firstDelay: .milliseconds(20), maximumDelay: .milliseconds(100))
        for times in [1, 5] {
            try await poll(
                vms: 100, retry: retry,
                scripting: { simulated in
                    let vm = simulated.virtualMachines[50].id
                    let hasEnded = Mutex(false)
                    simulated.inject(.endAllSessions, times: 1) { request in
                        guard request.vm == vm else { return false }
                        hasEnded.withLock { $0 = true }
                        return true
                    }
                    simulated.inject(trouble, times: times) {
                        $0.kind == .session && $0.method == "POST" && hasEnded.withLock(\.self)
                    }
                }
            ) { answers, simulated in
                #expect(results(answers) == [.reported: 100], "\(times)")
                #expect(simulated.activity.logins == 2)
            }
        }
    }

    @Test
    func `a session that cannot be renewed is not requested by every VM, and no VM is reported as unauthenticated`()
        async throws
    {
        let retry = RetryPolicy(
            firstDelay: .milliseconds(5), maximumDelay: .milliseconds(40), downAfter: (20, .milliseconds(400)))
        try await poll(
            vms: 200, retry: retry,
            scripting: { simulated in
                let vm = simulated.virtualMachines[50].id
                let hasEnded = Mutex(false)
                simulated.inject(.endAllSessions, times: 1) { request in
                    guard request.vm == vm else { return false }
                    hasEnded.withLock { $0 = true }
                    return true
                }
                simulated.inject(.answer(.tooManySessions)) {
                    $0.kind == .session && $0.method == "POST" && hasEnded.withLock(\.self)
                }
            }
        ) { answers, simulated in
            let results = results(answers)
            #expect(Set(results.keys) == [.reported, .unavailable])
            #expect(results[.reported, default: 0] >= 34)
            #expect(simulated.activity.requests[.session, default: 0] < 60)
            let reasons = Set(answers.values.compactMap(\.answer.errorMessage))
            #expect(reasons.contains { $0.contains("end those that other programs left open") })
            #expect(reasons.contains { $0.hasPrefix("not asked: ") })
        }
    }

    @Test func `a login that is refused permanently is requested once`() async throws {
        try await poll(
            vms: 100,
            scripting: { simulated in
                let vm = simulated.virtualMachines[50].id
                let hasEnded = Mutex(false)
                simulated.inject(.endAllSessions, times: 1) { request in
                    guard request.vm == vm else { return false }
                    hasEnded.withLock { $0 = true }
                    return true
                }
                simulated.inject(.answer(.loginRefused)) {
                    $0.kind == .session && $0.method == "POST" && hasEnded.withLock(\.self)
                }
            }
        ) { answers, simulated in
            #expect(Set(results(answers).keys) == [.reported, .unauthenticated])
            // One accepted login, one refused login, and two logouts of the old session.
            #expect(simulated.activity.requests[.session, default: 0] <= 4)
        }
    }

    @Test func `a poll has the time of the request that was answered, not of the first one`() async throws {
        let clock = ManualClock(.skipped)
        let seen = Mutex<[Duration]>([])
        try await poll(
            vms: 1, clock: clock,
            scripting: { simulated in
                // Each request takes a second of this clock.
                simulated.inject(.answer(503, headers: [("Retry-After", "7")]), times: 2) { request in
                    guard request.kind == .customizationLive else { return false }
                    let now = clock.now
                    clock.advance(by: .seconds(1))
                    seen.withLock { $0.append(now) }
                    return true
                }
            }
        ) { answers, _ in
            let first = seen.withLock { $0.first ?? .zero }
            #expect(seen.withLock(\.count) == 2)
            #expect(answers.values.map { $0.sentAt - first } == [.seconds(16)])
            #expect(answers.values.map(\.answer.result) == [.reported])
        }
    }

    @Test func `the time limit of a VM does not begin while its request waits for its turn`() async throws {
        let clock = ManualClock(.skipped)
        let asked = Mutex(0)
        try await poll(
            vms: 2, atOnce: 2, places: 1, retry: RetryPolicy(timePerVM: .seconds(10)), clock: clock,
            scripting: { simulated in
                simulated.inject(.answer(503, headers: [("Retry-After", "1")])) { request in
                    guard request.kind == .customizationLive else { return false }
                    let number = asked.withLock { asked in
                        asked += 1
                        return asked
                    }
                    // The first one is served after more than a VM's time, which the second one waits; then that is turned away once.
                    if number == 1 { clock.advance(by: .seconds(20)) }
                    return number == 2
                }
            }
        ) { answers, _ in
            #expect(results(answers) == [.reported: 2])
            #expect(asked.withLock { $0 } == 3)
        }
    }
}

import GuestCustomization
import NIOHTTP1
import TestSupport
import Testing

@testable import VCenterClient

@Suite struct PushbackTests {
    private static let impatient = RetryPolicy(firstDelay: .microseconds(10), maximumDelay: .microseconds(20))

    @Test func `refusals of one burst halve the limit once`() async {
        let pushback = Pushback(maximum: 16, retry: Self.impatient, clock: ManualClock(.skipped).steady)
        for _ in 0..<16 { await pushback.enter() }
        for _ in 0..<16 { pushback.leave(.inTrouble) }
        #expect(pushback.limit == 8)
    }

    @Test func `repeated refusals lower the limit to one`() async {
        let pushback = Pushback(maximum: 16, retry: Self.impatient, clock: ManualClock(.skipped).steady)
        for _ in 0..<20 {
            await pushback.enter()
            pushback.leave(.inTrouble)
        }
        #expect(pushback.limit == 1)
    }

    @Test func `served requests raise the limit again up to the maximum`() async {
        let pushback = Pushback(maximum: 4, retry: Self.impatient, clock: ManualClock(.skipped).steady)
        for _ in 0..<3 {
            await pushback.enter()
            pushback.leave(.inTrouble)
        }
        #expect(pushback.limit == 1)
        for _ in 0..<100 {
            await pushback.enter()
            pushback.leave(.served)
        }
        #expect(pushback.limit == 4)
    }

    @Test func `retries end when the budget is spent and return as requests are served`() async {
        let pushback = Pushback(maximum: 1, clock: ManualClock(.skipped).steady)
        var taken = 0
        while pushback.takeRetry() { taken += 1 }
        #expect(taken == Int(Pushback.maximumBudget))
        for _ in 0..<6 {
            await pushback.enter()
            pushback.leave(.served)
        }
        #expect(pushback.takeRetry())
    }

    @Test func `no request is sent for a while after eight refusals in a row`() async {
        let clock = ManualClock(.skipped)
        let pushback = Pushback(maximum: 16, retry: RetryPolicy(firstDelay: .milliseconds(400)), clock: clock.steady)
        func waited() async -> Duration {
            let began = clock.now
            await pushback.enter()
            return clock.now - began
        }
        for number in 1...8 {
            await pushback.enter()
            // One request in between is served, so only some VMs are in trouble.
            pushback.leave(number == 4 ? .served : .inTrouble)
        }
        #expect(await waited() == .zero)
        for _ in 0..<3 { pushback.leave(.inTrouble) }
        #expect(await waited() == .zero)
        pushback.leave(.inTrouble)
        #expect(await waited() >= .milliseconds(200))
        pushback.leave(.throttled(.seconds(1)))
        #expect(await waited() >= .seconds(1))
        pushback.leave(.throttled(.seconds(9999)))
        #expect(await waited() < .seconds(60), "one that is told to wait for hours does not hold up all")
        pushback.leave(.served)
    }

    @Test(.timeLimit(.minutes(1))) func `a stopped run does not wait for the server`() async {
        let clock = ManualClock(.untilAdvanced)
        let pushback = Pushback(
            maximum: 1, retry: RetryPolicy(firstDelay: .seconds(40), maximumDelay: .seconds(40)), clock: clock.steady)
        for _ in 0..<8 {
            await pushback.enter()
            pushback.leave(.inTrouble)
        }
        let waiting = (0..<3).map { _ in
            Task {
                await pushback.enter()
                pushback.withdraw()
            }
        }
        // The server gets no request for at least 20 s, and on this clock no time passes.
        #expect(await clock.sleepers() >= .seconds(20))
        for task in waiting { task.cancel() }
        for task in waiting { await task.value }
        clock.advance(by: .seconds(40))
    }

    @Test func `a server that never serves is not asked again`() async {
        for answered in [true, false] {
            let clock = ManualClock(.skipped)
            var retry = Self.impatient
            retry.downAfter = (3, .seconds(120))
            let pushback = Pushback(maximum: 4, retry: retry, clock: clock.steady)
            for _ in 0..<3 {
                #expect(pushback.outage == nil)
                await pushback.enter()
                pushback.leave(.inTrouble, answered: answered)
            }
            #expect(pushback.outage == nil, "it may be over soon")
            clock.advance(by: .seconds(121))
            for _ in 0..<5 {
                await pushback.enter()
                #expect(pushback.outage?.kind == (answered ? .turnedAway : .unreachable))
                pushback.withdraw()
            }
            await pushback.enter()
            pushback.leave(.served)
            #expect(pushback.outage == nil)
        }
    }

    @Test(arguments: 1...12) func `waits grow with the attempts up to the maximum`(attempt: Int) {
        let policy = RetryPolicy()
        let wait = policy.delay(afterAttempt: attempt, retryAfter: nil)
        let bound = min(policy.firstDelay * Double(1 << (attempt - 1)), policy.maximumDelay)
        #expect(wait <= bound && wait >= bound * 0.5)
    }

    @Test func `Retry-After is obeyed within bounds`() {
        let policy = RetryPolicy()
        #expect(policy.delay(afterAttempt: 1, retryAfter: .seconds(3)) == .seconds(3))
        #expect(policy.delay(afterAttempt: 1, retryAfter: .seconds(60_000)) == policy.maximumRetryAfter)
        func wait(_ headers: HTTPHeaders, now: Int64 = 0) -> Duration? {
            RetryPolicy.retryAfter(headers, now: Timestamp(unixMilliseconds: now))
        }
        #expect(wait(["retry-after": "7"]) == .seconds(7))
        #expect(wait(["retry-after": " 7\t"]) == .seconds(7))
        let date = "Sun, 06 Nov 1994 08:49:37 GMT"
        #expect(wait(["retry-after": date, "date": "Sun, 06 Nov 1994 08:49:30 GMT"]) == .seconds(7))
        #expect(wait(["retry-after": date], now: 784_111_776_500) == .milliseconds(500))
        #expect(wait(["retry-after": date], now: 1_793_491_200_000) == .zero)
        #expect(wait(["retry-after": "-7"]) == nil)
        #expect(wait(["retry-after": "99999999999999999999"]) == .seconds(86_400))
        for garbage in ["", "soon", "1.5", "0x7", "+7", "7 s", "Sun, 31 Feb 1994 08:49:37 GMT"] {
            #expect(wait(["retry-after": garbage]) == nil, "\(garbage)")
        }
    }
}

import Testing

@testable import VCenterClient

@Suite struct PushbackTests {
    @Test func refusalsOfOneBurstHalveTheLimitOnce() async {
        let pushback = Pushback(most: 16)
        for _ in 0..<16 { await pushback.enter() }
        for _ in 0..<16 { await pushback.leave(pushedBack: true) }
        #expect(await pushback.limit == 8)
    }

    @Test func refusalAfterRefusalLowersTheLimitToOne() async {
        let pushback = Pushback(most: 16)
        for _ in 0..<20 {
            await pushback.enter()
            await pushback.leave(pushedBack: true)
        }
        #expect(await pushback.limit == 1)
    }

    @Test func servedRequestsRaiseTheLimitAgainAndNeverAboveTheMost() async {
        let pushback = Pushback(most: 4)
        for _ in 0..<3 {
            await pushback.enter()
            await pushback.leave(pushedBack: true)
        }
        #expect(await pushback.limit == 1)
        for _ in 0..<100 {
            await pushback.enter()
            await pushback.leave(pushedBack: false)
        }
        #expect(await pushback.limit == 4)
    }

    @Test func retriesEndWhenTheBudgetIsSpentAndComeBackAsRequestsAreServed() async {
        let pushback = Pushback(most: 1)
        var taken = 0
        while await pushback.takeRetry() { taken += 1 }
        #expect(taken == Int(Pushback.largestBudget))
        for _ in 0..<6 {
            await pushback.enter()
            await pushback.leave(pushedBack: false)
        }
        #expect(await pushback.takeRetry())
    }

    @Test(arguments: 1...12) func waitsGrowWithTheAttemptsUpToTheLongest(attempt: Int) {
        let policy = RetryPolicy()
        let wait = policy.delay(afterAttempt: attempt, retryAfter: nil)
        let bound = min(policy.firstDelay * Double(1 << (attempt - 1)), policy.longestDelay)
        #expect(wait <= bound && wait >= bound * 0.5)
    }

    @Test func retryAfterIsObeyedWithinBounds() {
        let policy = RetryPolicy()
        #expect(policy.delay(afterAttempt: 1, retryAfter: .seconds(3)) == .seconds(3))
        #expect(policy.delay(afterAttempt: 1, retryAfter: .seconds(60_000)) == policy.longestDelay)
        #expect(RetryPolicy.retryAfter(["retry-after": "7"]) == .seconds(7))
        #expect(RetryPolicy.retryAfter(["retry-after": "-7"]) == nil)
        #expect(RetryPolicy.retryAfter(["retry-after": "99999999999999999999"]) == nil)
    }
}

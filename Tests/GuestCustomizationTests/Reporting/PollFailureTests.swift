import GuestCustomization
import Testing

@Suite struct PollFailureTests {
    private func failure(_ message: String?, _ count: Int, _ result: Answer.Result = .unavailable) -> PollFailure {
        PollFailure(result: result, httpStatus: 503, errorID: nil, message: message, count: count)
    }

    @Test func failuresThatDifferInTheirVMOnlyAreOne() {
        let failures = [failure("no answer for 'b'", 2), failure("busy", 4), failure("no answer for 'a'", 3)]
        #expect(PollFailure.commonest(of: failures) == failure("no answer for 'a'", 5))
        #expect(PollFailure.commonest(of: failures.reversed()) == failure("no answer for 'a'", 5))
    }

    @Test func ofTwoEquallyCommonOnesTheOrderOfPollsDoesNotDecide() {
        let failures = [failure("late", 1, .timedOut), failure(nil, 1), failure("late", 1)]
        let commonest = PollFailure.commonest(of: failures)
        #expect(commonest != nil)
        #expect(PollFailure.commonest(of: failures.reversed()) == commonest)
    }

    @Test func withoutFailuresThereIsNone() {
        #expect(PollFailure.commonest(of: []) == nil)
    }
}

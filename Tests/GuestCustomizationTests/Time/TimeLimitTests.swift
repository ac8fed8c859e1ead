import GuestCustomization
import Synchronization
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(1))) struct TimeLimitTests {
    private struct Refused: Error {}

    private let clock = ManualClock(.untilAdvanced)

    @Test func `work done in time returns its value at once`() async {
        let value = await TimeLimit.value(within: .seconds(60), by: clock.steady) {
            await clock.sleepers()
            clock.advance(by: .seconds(59))
            return "done"
        }
        #expect(value == "done" && clock.now == .seconds(59))
    }

    @Test func `work that exceeds its time limit is cancelled and returns nothing`() async {
        let wasCancelled = Mutex(false)
        async let value = TimeLimit.value(within: .seconds(60), by: clock.steady) {
            await untilCancelled()
            wasCancelled.withLock { $0 = Task.isCancelled }
            return "too late"
        }
        #expect(await clock.sleepers() == .seconds(60))
        clock.advance(by: .seconds(60))
        #expect(await value == nil)
        #expect(wasCancelled.withLock { $0 })
    }

    @Test func `work that exceeds its time limit may still return a value`() async throws {
        let limit = TimeLimit(.seconds(60), by: clock.steady)
        async let reached = limit.run {
            await untilCancelled()
            return "half, over: \(limit.isOver)"
        }
        await clock.sleepers()
        clock.advance(by: .seconds(60))
        #expect(await reached == "half, over: true")
    }

    @Test func `work without time left begins cancelled`() async {
        let limit = TimeLimit(.zero, by: clock.steady)
        #expect(await limit.run { Task.isCancelled && limit.isOver })
    }

    @Test func `work without a limit takes as long as necessary`() async {
        #expect(
            await TimeLimit.value(within: nil, by: clock.steady) {
                clock.advance(by: .seconds(86_400))
                return "done"
            } == "done")
    }

    @Test func `an error in time is thrown`() async {
        await #expect(throws: Refused.self) {
            try await TimeLimit.value(within: .seconds(60), by: clock.steady) { throw Refused() }
        }
    }

    @Test func `a stop cancels the work and is not an expired limit`() async {
        let limit = TimeLimit(.seconds(60), by: clock.steady)
        let task = Task {
            await limit.run {
                await untilCancelled()
                return "stopped"
            }
        }
        await clock.sleepers()
        task.cancel()
        #expect(await task.value == "stopped")
        #expect(!limit.isOver)
    }
}

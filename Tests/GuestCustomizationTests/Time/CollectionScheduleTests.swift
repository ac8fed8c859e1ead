import GuestCustomization
import Synchronization
import TestSupport
import Testing

@Suite struct CollectionScheduleTests {
    private let clock = ManualClock(.skipped)

    /// The starts of the first passes, in seconds after the first one, if the passes take `times`.
    private func starts(every interval: Duration, taking times: [Duration]) async -> [Double] {
        let starts: Mutex<[Double]> = Mutex([])
        await Task { [clock] in
            await CollectionSchedule(every: interval, by: clock.steady).run {
                let count = starts.withLock { starts in
                    starts.append(clock.now.seconds)
                    return starts.count
                }
                clock.advance(by: times[count - 1])
                if count == times.count { withUnsafeCurrentTask { $0?.cancel() } }
            }
        }.value
        return starts.withLock(\.self)
    }

    @Test func `passes begin at multiples of the interval, however long they take`() async {
        #expect(await starts(every: .seconds(10), taking: [.seconds(1), .seconds(9), .zero]) == [0, 10, 20])
    }

    @Test func `a pass that takes longer than the interval skips the next ones`() async {
        #expect(await starts(every: .seconds(10), taking: [.seconds(25), .seconds(10), .zero]) == [0, 30, 50])
    }

    @Test func `the watchdog is notified within its interval while the next pass is awaited`() async {
        let signs: Mutex<[Double]> = Mutex([])
        let progress = ProgressSignal(every: .seconds(15), by: clock.steady) { [clock] in
            signs.withLock { $0.append(clock.now.seconds) }
        }
        await Task { [clock] in
            await CollectionSchedule(every: .seconds(300), by: clock.steady, progress: progress).run {
                if clock.now > .zero { withUnsafeCurrentTask { $0?.cancel() } }
            }
        }.value
        #expect(signs.withLock(\.self) == (0...20).map { Double($0) * 15 })
    }

    @Test func `a pass without progress does not notify the watchdog`() async {
        let signs = Mutex(0)
        let progress = ProgressSignal(every: .seconds(15), by: clock.steady) { signs.withLock { $0 += 1 } }
        await Task { [clock] in
            await CollectionSchedule(every: .seconds(300), by: clock.steady, progress: progress).run {
                clock.advance(by: .seconds(86_400))
                withUnsafeCurrentTask { $0?.cancel() }
                #expect(signs.withLock(\.self) == 0)
            }
        }.value
    }

    @Test func `progress is passed on at once and then once per interval`() {
        let signs = Mutex(0)
        let progress = ProgressSignal(every: .seconds(15), by: clock.steady) { signs.withLock { $0 += 1 } }
        for _ in 0..<100 { progress.note() }
        #expect(signs.withLock(\.self) == 1)
        clock.advance(by: .milliseconds(14_999))
        progress.note()
        #expect(signs.withLock(\.self) == 1)
        clock.advance(by: .milliseconds(1))
        progress.note()
        #expect(signs.withLock(\.self) == 2)
    }
}

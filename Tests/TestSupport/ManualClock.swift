import GuestCustomization
import Synchronization

/// A monotonic clock that only a test advances.
package final class ManualClock: Sendable {
    /// How a wait ends.
    package enum Waiting: Sendable {
        /// It lasts until the test advances the clock.
        case untilAdvanced
        /// It ends at once and advances the clock by its whole length.
        case skipped
    }

    private struct Sleeper {
        var id: Int
        var end: Duration
        var place: CheckedContinuation<Void, any Error>
    }

    private struct State {
        var now = Duration.zero
        var sleepers: [Sleeper] = []
        var ids = 0
        /// The sleepers that were cancelled before they slept.
        var cancelled: Set<Int> = []
    }

    private let state: Mutex<State> = Mutex(State())
    private let waiting: Waiting
    private let onSleep: @Sendable (_ now: Duration) async -> Void

    /// - Parameter onSleep: Called at the beginning of each wait, in the waiting task.
    package init(_ waiting: Waiting, onSleep: @escaping @Sendable (_ now: Duration) async -> Void = { _ in }) {
        self.waiting = waiting
        self.onSleep = onSleep
    }

    /// The time since the clock was created.
    package var now: Duration { state.withLock(\.now) }

    /// The clock as the code under test uses it.
    package var steady: SteadyClock {
        SteadyClock(now: { self.now }, sleep: { try await self.sleep(for: $0) })
    }

    /// Advances the clock and ends the waits that are over.
    package func advance(by time: Duration) {
        let woken = state.withLock { state in
            state.now += time
            let woken = state.sleepers.filter { $0.end <= state.now }
            state.sleepers.removeAll { $0.end <= state.now }
            return woken
        }
        for sleeper in woken { sleeper.place.resume() }
    }

    /// Returns once `count` waits have begun, with the remaining time of the one that ends first.
    @discardableResult
    package func sleepers(_ count: Int = 1) async -> Duration {
        while true {
            let left = state.withLock { state in
                state.sleepers.count < count ? nil : state.sleepers.map(\.end).min().map { $0 - state.now }
            }
            if let left { return left }
            await Task.yield()
        }
    }

    private func sleep(for time: Duration) async throws {
        let now = now
        let end = now + time
        await onSleep(now)
        try Task.checkCancellation()
        switch waiting {
        case .skipped: state.withLock { $0.now = max($0.now, end) }
        case .untilAdvanced: try await sleep(until: end)
        }
    }

    private func sleep(until end: Duration) async throws {
        let id = state.withLock { state in
            state.ids += 1
            return state.ids
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { place in
                let result: Result<Void, any Error>? = state.withLock { state in
                    if state.cancelled.remove(id) != nil { return .failure(CancellationError()) }
                    if end <= state.now { return .success(()) }
                    state.sleepers.append(Sleeper(id: id, end: end, place: place))
                    return nil
                }
                if let result { place.resume(with: result) }
            }
        } onCancel: {
            let place = state.withLock { state in
                guard let index = state.sleepers.firstIndex(where: { $0.id == id }) else {
                    state.cancelled.insert(id)
                    return nil as CheckedContinuation<Void, any Error>?
                }
                return state.sleepers.remove(at: index).place
            }
            place?.resume(throwing: CancellationError())
        }
    }
}

/// Returns when the task is cancelled: the behaviour of a server that does not answer.
package func untilCancelled() async { try? await ManualClock(.untilAdvanced).steady.sleep(for: .seconds(1)) }

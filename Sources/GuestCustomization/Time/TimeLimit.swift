import Synchronization

/// The time that one piece of work may take; work that takes longer is cancelled.
package final class TimeLimit: Sendable {
    private let time: Duration
    private let clock: SteadyClock
    private let over = Atomic(false)

    /// - Parameter time: What the work may take. With none left it begins cancelled.
    package init(_ time: Duration, by clock: SteadyClock) {
        self.time = time
        self.clock = clock
    }

    /// Whether it was the end of the time that cancelled the work, and not the task that waits for it.
    package var isOver: Bool { over.load(ordering: .acquiring) }

    private enum Event<Value: Sendable, Failure: Error>: Sendable {
        case done(Result<Value, Failure>)
        case timeIsOver
        case stopped
    }

    /// Does the work, and returns what it came to, even if the time was over before it was done. To be called once.
    package func run<Value: Sendable, Failure: Error>(
        _ work: @escaping @Sendable () async throws(Failure) -> Value
    ) async throws(Failure) -> Value {
        let result = await withTaskGroup(of: Event<Value, Failure>.self) { group in
            // At once, so that nothing fails for another reason before.
            if time <= .zero {
                over.store(true, ordering: .releasing)
                group.cancelAll()
            }
            group.addTask { await .done(Self.result(of: work)) }
            group.addTask { [clock, time] in
                do { try await clock.sleep(for: time) } catch { return .stopped }
                return .timeIsOver
            }
            var result: Result<Value, Failure>?
            for await event in group {
                switch event {
                case .done(let done): result = done
                case .timeIsOver: if result == nil { over.store(true, ordering: .releasing) }
                case .stopped: break
                }
                // Whichever of the two ends first ends the other.
                group.cancelAll()
            }
            return result
        }
        guard let result else { preconditionFailure("the work is one of the tasks that were waited for") }
        return try result.get()
    }

    /// Does the work within a time; returns `nil` if that was over before the work was done.
    ///
    /// - Parameter time: `nil` for as long as it takes.
    package static func value<Value: Sendable, Failure: Error>(
        within time: Duration?, by clock: SteadyClock, _ work: @escaping @Sendable () async throws(Failure) -> Value
    ) async throws(Failure) -> Value? {
        guard let time else { return try await work() }
        let limit = TimeLimit(time, by: clock)
        let result = await limit.run { await Self.result(of: work) }
        return limit.isOver ? nil : try result.get()
    }

    private static func result<Value: Sendable, Failure: Error>(
        of work: @Sendable () async throws(Failure) -> Value
    ) async -> Result<Value, Failure> {
        do throws(Failure) { return .success(try await work()) } catch { return .failure(error) }
    }
}

/// A clock that only goes forward, whatever happens to the wall clock.
///
/// Its instants are the time since an origin of the clock's own: they can be compared only with those of the same clock.
package struct SteadyClock: Sendable {
    /// The time now.
    package let now: @Sendable () -> Duration
    private let sleeping: @Sendable (Duration) async throws -> Void

    /// - Parameters:
    ///   - now: Must never go back.
    ///   - sleep: Returns after the given time by this clock; throws `CancellationError` at once when the task is cancelled.
    package init(
        now: @escaping @Sendable () -> Duration, sleep: @escaping @Sendable (_ time: Duration) async throws -> Void
    ) {
        self.now = now
        sleeping = sleep
    }

    /// The time and the waiting of any clock.
    package init<C: Clock>(_ clock: C) where C.Duration == Duration {
        let start = clock.now
        self.init(now: { start.duration(to: clock.now) }, sleep: { try await clock.sleep(for: $0) })
    }

    /// Returns after `time`; throws `CancellationError` at once when the task is cancelled.
    package func sleep(for time: Duration) async throws { try await sleeping(time) }
}

import Synchronization

/// A monotonic clock on which every wait is over at once, and took as long as it was to take.
final class SkippingClock: Clock {
    struct Instant: InstantProtocol {
        var offset: Duration

        func advanced(by duration: Duration) -> Instant { Instant(offset: offset + duration) }
        func duration(to other: Instant) -> Duration { other.offset - offset }
        static func < (left: Instant, right: Instant) -> Bool { left.offset < right.offset }
    }

    private let time: Mutex<Instant> = Mutex(Instant(offset: .zero))
    private let waitUntilDue: @Sendable () async -> Void

    /// - Parameter waitUntilDue: What comes to pass before the first wait is over.
    init(waitUntilDue: @escaping @Sendable () async -> Void = {}) {
        self.waitUntilDue = waitUntilDue
    }

    var now: Instant { time.withLock(\.self) }
    var minimumResolution: Duration { .nanoseconds(1) }

    func sleep(until deadline: Instant, tolerance: Duration?) async throws {
        await waitUntilDue()
        try Task.checkCancellation()
        time.withLock { $0 = max($0, deadline) }
    }

    /// Lets time pass, as work does.
    func advance(by duration: Duration) {
        time.withLock { $0 = $0.advanced(by: duration) }
    }
}

import GuestCustomization
import Synchronization

/// A clock that stands still until it is moved, for a week that passes in seconds.
public final class SimulatedClock: Sendable {
    private let instant: Mutex<Timestamp>

    public init(at instant: Timestamp) {
        self.instant = Mutex(instant)
    }

    public var now: Timestamp { instant.withLock { $0 } }

    public func set(to instant: Timestamp) {
        self.instant.withLock { $0 = instant }
    }

    public func advance(bySeconds seconds: Double) {
        instant.withLock { $0 = $0.advanced(bySeconds: seconds) }
    }
}

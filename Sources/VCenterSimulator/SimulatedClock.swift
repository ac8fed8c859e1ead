import GuestCustomization
import Synchronization

/// A clock that stands still until it is moved, so that a week can pass in seconds.
package final class SimulatedClock: Sendable {
    private let instant: Mutex<Timestamp>

    /// A clock that shows an instant.
    package init(at instant: Timestamp) {
        self.instant = Mutex(instant)
    }

    /// The instant that it shows.
    package var now: Timestamp { instant.withLock { $0 } }

    /// Sets it, forwards or back.
    package func set(to instant: Timestamp) {
        self.instant.withLock { $0 = instant }
    }

    /// Advances it.
    package func advance(bySeconds seconds: Double) {
        instant.withLock { $0 = $0.advanced(bySeconds: seconds) }
    }
}

import Synchronization

/// How long a vCenter has answered nothing at all while connections to it broke; shared by all requests to it.
final class Silence: Sendable {
    private let began = Mutex<Duration?>(nil)

    /// A connection broke.
    ///
    /// - Returns: How long it has been silent since the first one that did so.
    func grow(at now: Duration) -> Duration {
        began.withLock { began in
            let start = began ?? now
            began = start
            return now - start
        }
    }

    /// It has answered something.
    func end() { began.withLock { $0 = nil } }
}

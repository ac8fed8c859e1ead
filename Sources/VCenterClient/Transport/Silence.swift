import Synchronization

/// How long a vCenter has been silent while connections to it broke; shared by all requests to it.
final class Silence: Sendable {
    private let began = Mutex<Duration?>(nil)

    /// A connection broke.
    ///
    /// - Returns: How long the vCenter has been silent since the first one broke.
    func grow(at now: Duration) -> Duration {
        began.withLock { began in
            let start = began ?? now
            began = start
            return now - start
        }
    }

    /// The vCenter answered.
    func end() { began.withLock { $0 = nil } }
}

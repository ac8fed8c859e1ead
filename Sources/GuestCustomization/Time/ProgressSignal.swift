import Synchronization

/// Passes on that something got done, but not for every poll: a watchdog is to learn of a program that hangs, from its silence.
package final class ProgressSignal<C: Clock<Duration>>: Sendable {
    /// Progress within so long of what was passed on last is not passed on.
    package let interval: Duration
    private let clock: C
    private let send: @Sendable () -> Void
    private let latest: Mutex<C.Instant?> = Mutex(nil)

    package init(every interval: Duration, by clock: C, _ send: @escaping @Sendable () -> Void) {
        self.interval = interval
        self.clock = clock
        self.send = send
    }

    /// Notes that something got done.
    package func note() {
        let now = clock.now
        let isDue = latest.withLock { latest in
            if let latest, latest.duration(to: now) < interval { return false }
            latest = now
            return true
        }
        if isDue { send() }
    }
}

import Synchronization

/// Passes on that something got done, but not for every poll: a watchdog is to learn of a program that hangs, from its silence.
package final class ProgressSignal: Sendable {
    /// Progress within so long of what was passed on last is not passed on.
    package let interval: Duration
    private let clock: SteadyClock
    private let send: @Sendable () -> Void
    private let latest: Mutex<Duration?> = Mutex(nil)

    package init(every interval: Duration, by clock: SteadyClock, _ send: @escaping @Sendable () -> Void) {
        self.interval = interval
        self.clock = clock
        self.send = send
    }

    /// Notes that something got done.
    package func note() {
        let now = clock.now()
        let isDue = latest.withLock { latest in
            if let latest, now - latest < interval { return false }
            latest = now
            return true
        }
        if isDue { send() }
    }
}

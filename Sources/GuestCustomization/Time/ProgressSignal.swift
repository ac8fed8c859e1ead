import Synchronization

/// Signals that the program is making progress, but not for every poll: its silence shows a watchdog that the program hangs.
package final class ProgressSignal: Sendable {
    /// Progress within this time after the last signal sends no signal.
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

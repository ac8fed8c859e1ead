/// The instants of one run: its start by the wall clock, and from then on what the steady clock says has passed since.
///
/// Otherwise a wall clock that is set during a run could spread its polls over years.
struct RunClock: Sendable {
    let startedAt: Timestamp
    private let start: Duration
    private let clock: SteadyClock

    init(startingAt startedAt: Timestamp, _ clock: SteadyClock) {
        self.startedAt = startedAt
        self.clock = clock
        start = clock.now()
    }

    var now: Timestamp { instant(at: clock.now()) }

    /// The instant that the steady clock showed as `time`; never before the run's start.
    func instant(at time: Duration) -> Timestamp {
        let milliseconds = max(.zero, time - start) / .milliseconds(1)
        return Timestamp(unixMilliseconds: startedAt.unixMilliseconds + Int64(milliseconds))
    }
}

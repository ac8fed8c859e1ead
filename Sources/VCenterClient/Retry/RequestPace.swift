/// How fast requests follow each other: as fast as they like, until the server tells some to wait; then no faster than it has served
/// them since the time before, and a little faster each second, since that may have been too slow.
struct RequestPace {
    /// The time from one request to the next; zero for no limit.
    private(set) var interval = Duration.zero
    private var next: Duration
    /// Since when `served` counts.
    private var since: Duration
    private var served = 0
    private var easedAt: Duration

    /// What the rate grows by in a second without a request that is told to wait.
    static let growth = 0.1
    /// Fewer that were served tell no rate.
    private static let measurable = 20
    /// Where nothing is known of the rate yet.
    private static let firstInterval = Duration.milliseconds(10)
    private static let longestInterval = Duration.seconds(1)
    /// Below this there is no limit.
    private static let shortestInterval = Duration.microseconds(100)
    /// What a request that comes late may make up for: timers are no more exact.
    private static let slack = Duration.milliseconds(20)

    /// - Parameter now: By the clock that all other instants are of.
    init(at now: Duration) {
        (next, since, easedAt) = (now, now, now)
    }

    /// Whether requests are held to a rate.
    var isLimited: Bool { interval > .zero }

    /// How long the next request has to wait; zero or less if it need not.
    func wait(at now: Duration) -> Duration { isLimited ? next - now : .zero }

    mutating func noteRequest(at now: Duration) {
        guard isLimited else { return }
        next = max(next, now - Self.slack) + interval
    }

    mutating func noteService(at now: Duration) {
        served += 1
        guard isLimited, now - easedAt >= .seconds(1) else { return }
        easedAt = now
        interval /= 1 + Self.growth
        if interval < Self.shortestInterval { interval = .zero }
    }

    mutating func slowDown(at now: Duration) {
        let wanted = served >= Self.measurable ? (now - since) / served : max(interval * 1.5, Self.firstInterval)
        interval = min(wanted, Self.longestInterval)
        (next, since, served, easedAt) = (now + interval, now, 0, now)
    }
}

/// How fast requests follow each other. There is no limit until the server tells some to wait. Then the rate is limited to the rate
/// served since the previous time, and grows a little each second, because that limit may be too low.
struct RequestPace {
    /// The time between two requests; zero for no limit.
    private(set) var interval = Duration.zero
    private var next: Duration
    /// The instant since which `served` counts.
    private var since: Duration
    private var served = 0
    private var easedAt: Duration

    /// The growth of the rate in each second in which no request is told to wait.
    static let growth = 0.1
    /// Fewer served requests than this do not give a rate.
    private static let minimumServed = 20
    /// Used while the rate is unknown.
    private static let firstInterval = Duration.milliseconds(10)
    private static let maximumInterval = Duration.seconds(1)
    /// Below this there is no limit.
    private static let minimumInterval = Duration.microseconds(100)
    /// How much a late request may catch up: timers are no more accurate than this.
    private static let slack = Duration.milliseconds(20)

    /// - Parameter now: On the same clock as all other instants.
    init(at now: Duration) {
        (next, since, easedAt) = (now, now, now)
    }

    /// Whether the rate is limited.
    var isLimited: Bool { interval > .zero }

    /// How long the next request has to wait; zero or less if it can go now.
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
        if interval < Self.minimumInterval { interval = .zero }
    }

    mutating func slowDown(at now: Duration) {
        let wanted = served >= Self.minimumServed ? (now - since) / served : max(interval * 1.5, Self.firstInterval)
        interval = min(wanted, Self.maximumInterval)
        (next, since, served, easedAt) = (now + interval, now, 0, now)
    }
}

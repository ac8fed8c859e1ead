import NIOHTTP1

/// When and how often a request is repeated.
///
/// Exponential back-off with full jitter. Source: M. Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015.
public struct RetryPolicy: Sendable {
    /// Tries of one request, the first one included.
    public var attempts: Int
    /// Upper bound of the first wait; doubled for each further one.
    public var firstDelay: Duration
    /// Upper bound of any wait, one asked for by `Retry-After` included.
    public var longestDelay: Duration
    /// No further try begins once this much time has gone since the first one.
    public var timePerVM: Duration

    public init(
        attempts: Int = 4, firstDelay: Duration = .milliseconds(500), longestDelay: Duration = .seconds(15),
        timePerVM: Duration = .seconds(120)
    ) {
        precondition(attempts > 0)
        self.attempts = attempts
        self.firstDelay = firstDelay
        self.longestDelay = longestDelay
        self.timePerVM = timePerVM
    }

    /// The wait before the next try, after `attempt` tries (1 or more).
    func delay(afterAttempt attempt: Int, retryAfter: Duration?) -> Duration {
        if let retryAfter { return min(retryAfter, longestDelay) }
        let bound = min(firstDelay * Double(1 << min(attempt - 1, 20)), longestDelay)
        return bound * Double.random(in: 0.5...1)
    }

    /// Whether the server asks, by this status, to be asked again later.
    static func isTransient(status: Int) -> Bool {
        [429, 502, 503, 504].contains(status)
    }

    /// The wait that `Retry-After` asks for, where it is given in seconds.
    ///
    /// The other form, a date, is not taken: it would trust the server's clock against ours, and no vCenter sends it.
    static func retryAfter(_ headers: HTTPHeaders) -> Duration? {
        guard let text = headers.first(name: "retry-after"), let seconds = Int(text), seconds >= 0 else { return nil }
        return .seconds(min(seconds, 86_400))
    }
}

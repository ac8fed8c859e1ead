import Foundation
import GuestCustomization
import NIOHTTP1

/// When and how often a request is repeated.
///
/// Exponential back-off with full jitter. Source: M. Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015.
package struct RetryPolicy: Sendable {
    /// Tries of one request, the first one included.
    package var attempts: Int
    /// Upper bound of the first wait; doubled for each further one.
    package var firstDelay: Duration
    /// Upper bound of any wait that the server did not ask for.
    package var longestDelay: Duration
    /// Upper bound of a wait that the server asked for by `Retry-After`.
    package var longestRetryAfter: Duration
    /// No further try begins once this much time has gone since the first one was sent.
    package var timePerVM: Duration
    /// How often a request is told to wait, without being told how long, before it is given up.
    package var tellings: Int
    /// A server counts as down when so many requests in a row, and all for so long, were in vain; then no other is sent.
    package var downAfter: (requests: Int, time: Duration)

    package init(
        attempts: Int = 4, firstDelay: Duration = .milliseconds(500), longestDelay: Duration = .seconds(15),
        longestRetryAfter: Duration = .seconds(60), timePerVM: Duration = .seconds(120), tellings: Int = 8,
        downAfter: (requests: Int, time: Duration) = (requests: 20, time: .seconds(120))
    ) {
        precondition(attempts > 0)
        self.attempts = attempts
        self.firstDelay = firstDelay
        self.longestDelay = longestDelay
        self.longestRetryAfter = longestRetryAfter
        self.timePerVM = timePerVM
        self.tellings = tellings
        self.downAfter = downAfter
    }

    /// The wait before the next try, after `attempt` tries (1 or more).
    func delay(afterAttempt attempt: Int, retryAfter: Duration?) -> Duration {
        if let retryAfter { return min(retryAfter, longestRetryAfter) }
        let bound = min(firstDelay * Double(1 << min(attempt - 1, 20)), longestDelay)
        return bound * Double.random(in: 0.5...1)
    }

    /// The wait before a request is sent again whose connection broke: next to none at first, since a new connection most often helps.
    static func pause(afterLostConnections count: Int) -> Duration {
        let bound = min(Duration.milliseconds(20) * Double(1 << min(2 * (count - 1), 20)), .seconds(2))
        return bound * Double.random(in: 0.5...1)
    }

    /// The wait before a request is sent again that was told to wait for the `count`th time, at least as long as it was told; the
    /// server may have said nothing of how long, or that it need not be long.
    func wait(afterTellings count: Int, retryAfter: Duration?) -> Duration {
        max(retryAfter ?? .zero, delay(afterAttempt: min(count, 3), retryAfter: nil))
    }

    /// Whether the server asks, by this status, to be asked again later.
    static func isTransient(status: Int) -> Bool {
        [429, 502, 503, 504].contains(status)
    }

    /// The wait that `Retry-After` asks for, in seconds or as a date, which is compared with the answer's own `Date` where it has
    /// one: the server's clock may be off. Source: RFC 9110, 10.2.3.
    static func retryAfter(_ headers: HTTPHeaders, now: Timestamp) -> Duration? {
        guard let value = headers.first(name: "retry-after") else { return nil }
        let text = value.trimmingCharacters(in: .whitespaces)
        if !text.isEmpty, text.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) {
            return .seconds(min(Int(text) ?? .max, 86_400))
        }
        guard let date = Timestamp(imfFixdate: text) else { return nil }
        let sent = headers.first(name: "date").flatMap(Timestamp.init(imfFixdate:)) ?? now
        return .milliseconds(max(0, min(date.unixMilliseconds - sent.unixMilliseconds, 86_400_000)))
    }
}

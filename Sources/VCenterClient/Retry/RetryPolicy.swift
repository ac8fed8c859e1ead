import Foundation
import GuestCustomization
import NIOHTTP1

/// When and how often a request is repeated.
///
/// Exponential back-off with full jitter. Source: M. Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015.
package struct RetryPolicy: Sendable {
    /// Attempts for one request, including the first one.
    package var attempts: Int
    /// Upper bound of the first wait; doubled for each later one.
    package var firstDelay: Duration
    /// Upper bound of any wait not requested by the server.
    package var maximumDelay: Duration
    /// Upper bound of a wait requested by `Retry-After`.
    package var maximumRetryAfter: Duration
    /// No attempt starts later than this after the first one was sent.
    package var timePerVM: Duration
    /// How often a request may be told to wait, without a time, before it is given up.
    package var throttlings: Int
    /// A server counts as down after this many failed requests in a row over at least this time; then no more are sent.
    package var downAfter: (requests: Int, time: Duration)

    package init(
        attempts: Int = 4, firstDelay: Duration = .milliseconds(500), maximumDelay: Duration = .seconds(15),
        maximumRetryAfter: Duration = .seconds(60), timePerVM: Duration = .seconds(120), throttlings: Int = 8,
        downAfter: (requests: Int, time: Duration) = (requests: 20, time: .seconds(120))
    ) {
        precondition(attempts > 0)
        self.attempts = attempts
        self.firstDelay = firstDelay
        self.maximumDelay = maximumDelay
        self.maximumRetryAfter = maximumRetryAfter
        self.timePerVM = timePerVM
        self.throttlings = throttlings
        self.downAfter = downAfter
    }

    /// The wait before the next attempt, after `attempt` attempts (1 or more).
    func delay(afterAttempt attempt: Int, retryAfter: Duration?) -> Duration {
        if let retryAfter { return min(retryAfter, maximumRetryAfter) }
        let bound = min(firstDelay * Double(1 << min(attempt - 1, 20)), maximumDelay)
        return bound * Double.random(in: 0.5...1)
    }

    /// The wait before a retry after a broken connection: very short at first, because a new connection usually helps.
    static func pause(afterLostConnections count: Int) -> Duration {
        let bound = min(Duration.milliseconds(20) * Double(1 << min(2 * (count - 1), 20)), .seconds(2))
        return bound * Double.random(in: 0.5...1)
    }

    /// The wait before a retry of a request that was told to wait for the `count`th time. It is at least as long as the server asked; the
    /// server may have given no time, or a short one.
    func wait(afterThrottlings count: Int, retryAfter: Duration?) -> Duration {
        max(retryAfter ?? .zero, delay(afterAttempt: min(count, 3), retryAfter: nil))
    }

    /// Whether this status asks the client to retry later.
    static func isTransient(status: Int) -> Bool {
        [429, 502, 503, 504].contains(status)
    }

    /// The wait requested by `Retry-After`, in seconds or as a date. A date is compared with the answer's own `Date` if it has
    /// one, because the server's clock may be wrong. Source: RFC 9110, 10.2.3.
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

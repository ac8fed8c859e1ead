/// The half-open interval `[since, until)` that a report speaks of.
public struct ReportWindow: Hashable, Sendable {
    public var since: Timestamp
    public var until: Timestamp

    public init(since: Timestamp, until: Timestamp) {
        self.since = since
        self.until = until
    }

    public func contains(_ instant: Timestamp) -> Bool { since <= instant && instant < until }
}

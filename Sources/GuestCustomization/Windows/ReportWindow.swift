/// The half-open interval `[since, until)` that a report covers.
package struct ReportWindow: Hashable, Sendable {
    /// The first instant of the window.
    package var since: Timestamp
    /// The first instant after the window.
    package var until: Timestamp

    package init(since: Timestamp, until: Timestamp) {
        self.since = since
        self.until = until
    }

    /// Whether an instant is in the window.
    package func contains(_ instant: Timestamp) -> Bool { since <= instant && instant < until }
}

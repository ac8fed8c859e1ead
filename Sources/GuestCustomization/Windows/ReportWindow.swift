/// The half-open interval `[since, until)` that a report speaks of.
package struct ReportWindow: Hashable, Sendable {
    package var since: Timestamp
    package var until: Timestamp

    package init(since: Timestamp, until: Timestamp) {
        self.since = since
        self.until = until
    }

    package func contains(_ instant: Timestamp) -> Bool { since <= instant && instant < until }
}

/// The latest removal of old polls, which covers those of all earlier ones.
package struct PrunedPolls: Hashable, Sendable {
    /// No run that began then or later was touched.
    package var before: Timestamp
    /// When it was recorded.
    package var prunedAt: Timestamp
    /// Who did it, as user and host; `nil` if that is not known.
    package var by: String?
    /// The polls of runs up to this one were removed.
    package var lastRun: CollectionRunID

    package init(before: Timestamp, prunedAt: Timestamp, by: String?, lastRun: CollectionRunID) {
        self.before = before
        self.prunedAt = prunedAt
        self.by = by
        self.lastRun = lastRun
    }
}

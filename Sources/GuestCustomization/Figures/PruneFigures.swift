/// What a removal of old polls removes.
package struct PruneFigures: Hashable, Sendable {
    /// The date that was given.
    package var before: Timestamp
    /// The polls of runs up to this one are removed; `nil` if there is nothing to record.
    package var lastRun: CollectionRunID?
    /// The runs that have polls and lose them.
    package var runs = 0
    /// Their polls.
    package var polls = 0
    /// The answers that nothing else uses.
    package var answers = 0
    /// About how many bytes that is.
    package var bytes = 0
    /// About how many bytes what the polls came to takes, more than before.
    package var baselineBytes = 0
    /// Whether an earlier removal was interrupted: it is completed first.
    package var isUnfinished: Bool
    /// Why runs are kept that began before the date, in words; `nil` if none are.
    package var hindrance: String?

    /// The figures before anything was counted.
    package init(before: Timestamp, isUnfinished: Bool, hindrance: String?) {
        (self.before, self.isUnfinished, self.hindrance) = (before, isUnfinished, hindrance)
    }
}

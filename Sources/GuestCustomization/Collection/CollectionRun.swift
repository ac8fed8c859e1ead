/// Number of a collection run in one history; runs are numbered in the order in which they began.
package struct CollectionRunID: RawRepresentable, Hashable, Comparable, Sendable {
    package let rawValue: Int64

    package init(rawValue: Int64) {
        self.rawValue = rawValue
    }

    package static func < (left: CollectionRunID, right: CollectionRunID) -> Bool { left.rawValue < right.rawValue }
}

/// How a collection run ended. The raw values are those of `collection_run_history.outcome`.
package enum CollectionRunOutcome: String, CaseIterable, Hashable, Sendable {
    /// Not ended yet.
    case running
    /// Every listed VM was polled and every poll got an answer (a VM's own 403, 404 or 503 is one).
    case complete
    /// Every VM that the listing names was polled; some polls got no answer, or the listing had elements that name no VM.
    case partial
    /// The run gave up: the login or the listing failed, or the vCenter has no such endpoint.
    case failed
    /// Stopped before every listed VM was polled: by a signal, a crash or a fault.
    case interrupted
}

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

/// Why a whole run, rather than one poll, cannot go on.
package struct CollectionFailure: Error, Hashable, Sendable {
    /// What kind of failure it is; the exit code is derived from it.
    package enum Kind: Hashable, Sendable {
        /// The settings cannot be used: a password file that cannot be read, say.
        case configuration
        /// The vCenter could not be reached, its certificate is not trusted, or the run's time limit expired before a VM was polled.
        case unreachable
        /// The vCenter refused the user name and password, or the token.
        case loginRefused
        /// The login was not tried, because a vCenter refused it recently; `isNews` if that was before this pass.
        case loginWithheld(isNews: Bool)
        /// The list of VMs could not be completed.
        case listingFailed
        /// The vCenter has no such endpoint: it is older than the endpoint.
        case endpointMissing
    }

    /// The kind of failure.
    package var kind: Kind
    /// One line: what was tried, on what, what happened, what to do now. Holds no secret.
    package var message: String

    package init(_ kind: Kind, _ message: String) {
        self.kind = kind
        self.message = message
    }
}

/// What one answer says about the customizations of its VM and endpoint (definitions 1 and 2 of docs/design.md §2).
package enum AnswerMeaning: Hashable, Sendable {
    /// Nothing: no status was reported, and the VM was not reported gone either. A 403 or a time-out changes nothing.
    case unknown
    /// There is no customization: `NOT_AVAILABLE`, `IDLE`, or the VM is gone.
    case noCustomization
    /// The answer is about this customization, which has this outcome now.
    case customization(CustomizationIdentity, CustomizationOutcome)
    /// The current customization, which had no times so far, is this one and has this outcome now.
    case identified(CustomizationIdentity, CustomizationOutcome)

    /// - Parameters:
    ///   - result: Whether a status was reported.
    ///   - info: The reported status; `nil` if there is none.
    ///   - current: The customization that the latest answer was about, ignoring unknown ones; `nil` if that answer said there is none.
    ///   - isKnown: Whether an earlier answer was about this customization; called only where a sequence of answers without times ends.
    ///   - run: The run that got the answer.
    package init(
        result: Answer.Result, info: CustomizationInfo?, current: CustomizationIdentity?, in run: CollectionRunID,
        isKnown: (CustomizationIdentity) throws -> Bool
    ) rethrows {
        switch result {
        case .reported:
            guard let info else {
                self = .unknown
                return
            }
            guard let outcome = CustomizationOutcome(info.status) else {
                self = .noCustomization
                return
            }
            if let identity = CustomizationIdentity(timesOf: info) {
                let isNew = try current?.isTimeless == true && !isKnown(identity)
                self = isNew ? .identified(identity, outcome) : .customization(identity, outcome)
            } else if let current, current.isTimeless {
                self = .customization(current, outcome)
            } else {
                self = .customization(.firstPoll(run), outcome)
            }
        case .notFound:
            self = .noCustomization
        case .unauthorized, .unauthenticated, .unavailable, .timedOut, .unreachable, .invalid:
            self = .unknown
        }
    }
}

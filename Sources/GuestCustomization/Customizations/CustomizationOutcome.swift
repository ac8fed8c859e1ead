/// The state of a customization, by the latest answer about it. The raw values are those of `customization_history.outcome`.
///
/// Definition 2 of docs/design.md §2.
package enum CustomizationOutcome: String, CaseIterable, Hashable, Sendable {
    case succeeded
    case failed
    case running
    case pending
    /// The vCenter sent a status word that this program does not know.
    case other
    /// Last seen running or pending; then its VM answered something else or was no longer listed, so its end was not seen.
    case lost

    /// The outcome that a status means; `nil` for `NOT_AVAILABLE` and `IDLE`, which are answers, not customizations.
    package init?(_ status: CustomizationStatus) {
        switch status {
        case .notAvailable, .idle: return nil
        case .succeeded: self = .succeeded
        case .failed: self = .failed
        case .running: self = .running
        case .pending: self = .pending
        default: self = .other
        }
    }

    /// Whether the end was seen: the customization succeeded or failed.
    package var isFinished: Bool { self == .succeeded || self == .failed }
    /// Whether it was going on when last seen.
    package var isUnfinished: Bool { self == .running || self == .pending }
}

extension ErrorGroup {
    /// Why its customizations probably failed; `nil` if no cause is known for this error.
    package var cause: FailureCause? { FailureCause.of(id: id, message: untranslated) }
}

extension FailureCause? {
    /// The guest's files that tell more; where the cause is not known, those that tell most.
    package var logs: [GuestLog] { self?.logs ?? GuestLog.general }
}

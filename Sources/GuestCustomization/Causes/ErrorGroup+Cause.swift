extension ErrorGroup {
    /// Why its customizations probably failed; `nil` if no cause is known for this error.
    package var cause: FailureCause? { FailureCause.of(id: id, message: untranslated) }
}

extension FailureCause? {
    /// The guest's log files on this cause; the most useful ones where the cause is not known.
    package var logs: [GuestLog] { self?.logs ?? GuestLog.general }
}

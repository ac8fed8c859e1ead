/// The error of a failed customization: as people read it, and as it is told from others.
package struct ReportedError: Hashable, Sendable {
    /// `nil` if the vCenter named none.
    package var id: String?
    /// In the language of the session; `nil` if the vCenter sent no error.
    package var message: String?
    /// In English, as the vCenter's catalogue has it: two sessions in two languages report one error.
    package var untranslated: String?

    /// - Parameter untranslated: `nil` where it is the message.
    package init(id: String?, message: String?, untranslated: String? = nil) {
        self.id = id
        self.message = message
        self.untranslated = untranslated ?? message
    }
}

extension ReportedError {
    /// Why its customization probably failed; `nil` if no cause is known for it.
    ///
    /// - Parameter names: What its VM is called, which tells nothing of the cause.
    package func cause(names: [String]) -> FailureCause? {
        FailureCause.of(id: id, message: untranslated, names: names)
    }
}

extension Customization {
    /// Why it failed, in the vCenter's words.
    package var error: ReportedError {
        ReportedError(id: errorID, message: errorMessage, untranslated: untranslatedError)
    }

    /// Why it probably failed; `nil` if that is not known.
    package var cause: FailureCause? { error.cause(names: [vm.name, vm.id]) }
}

extension LatestError {
    init(_ error: ReportedError, failedAt: Timestamp) {
        self.init(id: error.id, message: error.message, failedAt: failedAt, recoveredAt: nil)
    }
}

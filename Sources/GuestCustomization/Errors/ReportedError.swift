/// The error of a failed customization: the text that people read, and the text by which it is compared.
package struct ReportedError: Hashable, Sendable {
    /// `nil` if the vCenter named none.
    package var id: String?
    /// In the language of the session; `nil` if the vCenter sent no error.
    package var message: String?
    /// In English, as the vCenter's catalogue has it: two sessions in two languages report one error.
    package var untranslated: String?

    /// - Parameter untranslated: `nil` where it equals the message.
    package init(id: String?, message: String?, untranslated: String? = nil) {
        self.id = id
        self.message = message
        self.untranslated = untranslated ?? message
    }
}

extension ReportedError {
    /// The probable cause of the failure; `nil` if no cause is known for this error.
    ///
    /// - Parameter names: The VM's names, which are ignored.
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

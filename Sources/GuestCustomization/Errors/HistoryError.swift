/// Why something could not be done. All of this program's errors for people have this form.
package struct HistoryError: Error, Sendable {
    /// The kind of error; an open set, so that a new kind breaks no `switch`. The exit code is derived from it.
    package struct Code: RawRepresentable, Hashable, Sendable {
        package let rawValue: String

        package init(rawValue: String) {
            self.rawValue = rawValue
        }

        /// An argument is wrong or missing.
        package static let usage = Code(rawValue: "usage")
        /// The settings cannot be used: a variable, a file that they name, or what such a file says.
        package static let configuration = Code(rawValue: "configuration")
        /// The vCenter could not be reached, its certificate is not trusted, or the run's time limit expired before a VM was polled.
        package static let unreachable = Code(rawValue: "unreachable")
        /// The vCenter refused the user name and password, or the token.
        package static let loginRefused = Code(rawValue: "loginRefused")
        /// The login was not tried, because a vCenter refused it before this pass.
        package static let loginWithheld = Code(rawValue: "loginWithheld")
        /// The login was not tried, because a vCenter refused it in this pass.
        package static let loginJustRefused = Code(rawValue: "loginJustRefused")
        /// The list of VMs could not be completed.
        package static let listingFailed = Code(rawValue: "listingFailed")
        /// The vCenter has no such endpoint: it is older than the endpoint.
        package static let endpointMissing = Code(rawValue: "endpointMissing")
    }

    /// The kind of error.
    package var code: Code
    /// What was tried, and on what: `cannot write report.html`; `nil` if the problem says it.
    package var subject: String?
    /// What happened. Holds no secret.
    package var problem: String
    /// What to do now; `nil` if there is nothing to say.
    package var advice: String?
    /// The error underneath; `nil` if there is none. It is not shown: the problem says what matters of it.
    package var cause: (any Error)?

    package init(
        _ code: Code, about subject: String? = nil, _ problem: String, advice: String? = nil, cause: (any Error)? = nil
    ) {
        self.code = code
        self.subject = subject
        self.problem = problem
        self.advice = advice
        self.cause = cause
    }

    /// One line for people: subject, problem and advice.
    package var message: String {
        (subject.map { $0 + ": " } ?? "") + problem + (advice.map { "; " + $0 } ?? "")
    }

    /// The same error with one more thing to know, at its end.
    package func adding(advice more: String) -> HistoryError {
        var error = self
        error.advice = advice.map { $0 + "; " + more } ?? more
        return error
    }
}

extension HistoryError: CustomStringConvertible {
    package var description: String { message }
}

extension HistoryError: Equatable {
    /// Whether they are of one kind and read the same.
    package static func == (left: HistoryError, right: HistoryError) -> Bool {
        left.code == right.code && left.message == right.message
    }
}

import FoundationEssentials

/// The credentials that a session is opened with.
package enum Credentials: Hashable, Sendable {
    case login(user: String, password: Secret)
    /// A whole `Authorization` header, such as `Bearer …` or `SIGN token="…"`, of a federated login.
    case authorization(Secret)

    /// Value of the `Authorization` header; RFC 7617 in UTF-8 for a user name and password.
    package var authorization: Secret {
        switch self {
        case .login(let user, let password):
            Secret("Basic " + Data("\(user):\(password.exposed)".utf8).base64EncodedString())
        case .authorization(let header): header
        }
    }

    /// The user of the session, safe to show; `nil` for a token, whose user we cannot read.
    package var user: String? {
        if case .login(let user, _) = self { user } else { nil }
    }
}

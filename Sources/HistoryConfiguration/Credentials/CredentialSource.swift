import GuestCustomization

/// Where the credentials of one vCenter come from.
///
/// They are read again for every collection run, so a rotated password or token is picked up without a restart.
package enum CredentialSource: Hashable, Sendable {
    case login(user: String, password: Secret)
    /// The file contains only the password; white space around it is ignored.
    case passwordFile(user: String, path: String)
    /// The first element is the program that prints the password, looked up in `PATH` if it has no slash; the rest are its arguments.
    case passwordCommand(user: String, command: [String])
    /// The file contains a token, or a whole `Authorization` value such as `SIGN token="…"`.
    case tokenFile(path: String)

    /// Reads the file, or runs the command for at most 30 s.
    ///
    /// - Throws: ``HistoryError`` with the file or program, and what to do.
    package func credentials(by clock: SteadyClock) async throws(HistoryError) -> Credentials {
        switch self {
        case .login(let user, let password):
            return .login(user: user, password: password)
        case .passwordFile(let user, let path):
            return .login(user: user, password: try SecretFile(path: path, of: "password").secret)
        case .passwordCommand(let user, let command):
            return .login(user: user, password: try await PasswordCommand.password(command, by: clock))
        case .tokenFile(let path):
            let token = try SecretFile(path: path, of: "token").secret.exposed
            guard token.utf8.allSatisfy({ (0x20...0x7E).contains($0) }) else {
                throw HistoryError(
                    .configuration, about: "token file \(path)", "it contains more than one line of printable ASCII",
                    advice: "write only the token")
            }
            return .authorization(Secret(token.contains(" ") ? token : "Bearer " + token))
        }
    }
}

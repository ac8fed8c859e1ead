import GuestCustomization

/// A program that prints a password, such as `[pass, show, vcenter]`.
enum PasswordCommand {
    /// The output of the command, trimmed of white space.
    static func password(
        _ command: [String], within limit: Duration = .seconds(30), by clock: SteadyClock
    ) async throws(HistoryError) -> Secret {
        let program = ConfiguredProgram(
            command, called: "password command",
            advice: "run it by hand as this user: it must print the password and exit 0")
        let output = try await program.output(upTo: SecretFile.maximumSize, within: limit, by: clock)
        guard let text = String(validating: output, as: UTF8.self) else {
            throw program.failure("its output is not UTF-8")
        }
        let password = text.trimming(while: \.isWhitespace)
        guard !password.isEmpty else { throw program.failure("it printed nothing") }
        return Secret(password)
    }
}

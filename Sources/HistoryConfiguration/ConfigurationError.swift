/// Why the given settings cannot be used.
package struct ConfigurationError: Error, Hashable, Sendable, CustomStringConvertible {
    package enum Kind: Hashable, Sendable {
        /// A flag is wrong or missing: exit code 64.
        case usage
        /// A variable or a file named by the settings is wrong or missing: exit code 78.
        case configuration
    }

    package var kind: Kind
    /// One line: which setting, what is wrong with it, and what to do. Contains no secret.
    package var message: String

    package init(_ kind: Kind, _ message: String) {
        self.kind = kind
        self.message = message
    }

    package var description: String { message }
}

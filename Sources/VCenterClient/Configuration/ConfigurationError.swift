/// Why the settings given cannot be used.
public struct ConfigurationError: Error, Hashable, Sendable, CustomStringConvertible {
    public enum Kind: Hashable, Sendable {
        /// A flag is wrong or missing: exit code 64.
        case usage
        /// A variable, or a file that the settings name, is wrong or missing: exit code 78.
        case configuration
    }

    public var kind: Kind
    /// One line: which setting, what is wrong with it, what to do now. Holds no secret.
    public var message: String

    public init(_ kind: Kind, _ message: String) {
        self.kind = kind
        self.message = message
    }

    public var description: String { message }
}

import Glibc

/// govc's rule for `GOVC_USERNAME` and `GOVC_PASSWORD`: a value that names a file stands for what the file holds.
///
/// As `session.Secret` in govmomi does: the contents trimmed of white space; the value itself where there is no such file. Unlike there, a
/// value that looks like a path has to name a file that can be read: a mistyped path is not sent as a password. `~/` is the
/// home directory, since a crontab has no shell to say so.
enum GovcSecret {
    /// Whether nobody else may open the file.
    enum Kind {
        case userName, password
    }

    struct Value {
        var text: String
        /// The file that it was read from, if that can be read again; a pipe cannot.
        var path: String?
    }

    static func value(
        of variable: String, _ kind: Kind, in environment: [String: String], home: String?
    ) throws(ConfigurationError) -> Value? {
        guard let value = environment[variable], !value.isEmpty else { return nil }
        let path = expanded(value, home: home)
        let file: BoundedFile
        do throws(BoundedFile.Fault) {
            file = try BoundedFile(path: path, limit: SecretFile.largest)
        } catch {
            switch error {
            case .larger(let limit):
                throw ConfigurationError(
                    .configuration,
                    "\(variable) names a file of more than \(limit) bytes; name one that holds only the secret")
            case .foreign:
                throw ConfigurationError(.configuration, error.words(on: "\(variable) names a file", otherwise: ""))
            // The value is not repeated: it may be the password after all.
            case .system(let number) where looksLikeAPath(value) || number == EACCES || number == EPERM:
                throw ConfigurationError(
                    .configuration,
                    "\(variable) names a file that this user cannot read (\(error.reason)), and nothing was sent; name another,"
                        + " or, where that is the \(kind == .password ? "password" : "user name") itself, write it to a file and name that"
                )
            case .system: return Value(text: value)
            }
        }
        let text =
            switch kind {
            case .userName: String(decoding: file.bytes, as: UTF8.self).trimming(while: \.isWhitespace)
            case .password: try SecretFile(file, path: path, of: "password").secret.exposed
            }
        guard !text.isEmpty else {
            throw ConfigurationError(
                .configuration, "\(variable) names a file that is empty; write the user name to it")
        }
        return Value(text: text, path: file.isRegular ? path : nil)
    }

    private static func looksLikeAPath(_ value: String) -> Bool {
        ["/", "./", "../", "~/"].contains(where: value.hasPrefix)
    }

    private static func expanded(_ value: String, home: String?) -> String {
        guard value.hasPrefix("~/"), let home, home.hasPrefix("/") else { return value }
        return home + value.dropFirst()
    }
}

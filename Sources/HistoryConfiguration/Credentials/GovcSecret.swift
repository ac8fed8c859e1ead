import Glibc
import GuestCustomization

/// govc's rule for `GOVC_USERNAME` and `GOVC_PASSWORD`: if the value names a file, the file's contents are used.
///
/// As in govmomi's `session.Secret`, the contents are trimmed of white space, and the value itself is used if there is no such file. Unlike
/// there, a value that looks like a path must name a readable file: a mistyped path is not sent as a password. `~/` is the
/// home directory, because cron expands no variables.
enum GovcSecret {
    /// Whether the file must be closed to other users.
    enum Kind {
        case userName, password
    }

    struct Value {
        var text: String
        /// The file that it was read from, if it can be read again; a pipe cannot.
        var path: String?
    }

    static func value(
        of variable: String, _ kind: Kind, in environment: [String: String], home: String?
    ) throws(HistoryError) -> Value? {
        guard let value = environment[variable], !value.isEmpty else { return nil }
        let path = expanded(value, home: home)
        let file: BoundedFile
        do throws(BoundedFile.Fault) {
            file = try BoundedFile(path: path, limit: SecretFile.maximumSize)
        } catch {
            switch error {
            case .larger(let limit):
                throw HistoryError(
                    .configuration, "\(variable) names a file of more than \(limit) bytes",
                    advice: "name one that contains only the secret")
            case .foreign(let control): throw control.error(about: "\(variable) names a file")
            // Do not repeat the value: it may be the password itself.
            case .system(let number) where looksLikeAPath(value) || number == EACCES || number == EPERM:
                throw HistoryError(
                    .configuration,
                    "\(variable) names a file that this user cannot read (\(error.reason)); nothing was sent",
                    advice:
                        "name another file, or, if this is the \(kind == .password ? "password" : "user name") itself, write it to a file and name that"
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
            throw HistoryError(
                .configuration, "\(variable) names a file that is empty", advice: "write the user name to it")
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

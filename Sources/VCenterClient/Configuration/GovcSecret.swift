import Glibc

/// govc's rule for `GOVC_USERNAME` and `GOVC_PASSWORD`: a value that names a file stands for what the file holds.
///
/// As `session.Secret` in govmomi does: the contents trimmed of white space; the value itself where no such file can be read, except that
/// a file that may not be read is an error. Modes are not looked at: what works with govc works here.
enum GovcSecret {
    static func value(of variable: String, in environment: [String: String]) throws(ConfigurationError) -> String? {
        guard let value = environment[variable], !value.isEmpty else { return nil }
        do throws(BoundedFile.Fault) {
            let file = try BoundedFile(path: value, limit: SecretFile.largest)
            let text = String(decoding: file.bytes, as: UTF8.self).trimming(while: \.isWhitespace)
            return text.isEmpty ? nil : text
        } catch {
            switch error {
            case .system(EACCES), .system(EPERM):
                throw ConfigurationError(
                    .configuration,
                    "\(variable) names a file that this user may not read; let it be read, or put the value itself into \(variable)"
                )
            case .larger(let limit):
                throw ConfigurationError(
                    .configuration,
                    "\(variable) names a file of more than \(limit) bytes; name one that holds only the secret")
            case .system: return value
            }
        }
    }
}

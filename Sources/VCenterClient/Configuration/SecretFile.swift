import Glibc

/// A file that holds one secret, refused when more people can read it than need to.
struct SecretFile {
    /// Trimmed of white space at both ends, never empty.
    let secret: Secret

    /// No password or token comes near this; a path to something else entirely does.
    static let largest = 64 * 1024

    /// - Parameter noun: what the file holds, for errors: `password`, `token`.
    init(path: String, of noun: String) throws(ConfigurationError) {
        let file: BoundedFile
        do throws(BoundedFile.Fault) {
            file = try BoundedFile(path: path, limit: Self.largest)
        } catch {
            throw ConfigurationError(
                .configuration,
                error.words(on: "\(noun) file \(path)", otherwise: "name a file that this user can read"))
        }
        try self.init(file, path: path, of: noun)
    }

    /// The same of a file that was read already.
    init(_ file: BoundedFile, path: String, of noun: String) throws(ConfigurationError) {
        if let excess = Self.excess(ofMode: file.mode, owner: file.owner, reader: geteuid()),
            !ContainerSecret.isOne(path, of: file)
        {
            throw ConfigurationError(
                .configuration,
                "\(noun) file \(path): \(excess.who) may open it (mode 0\(String(file.mode, radix: 8)));"
                    + " run: chmod \(excess.remedy) '\(path)'")
        }
        let text = String(decoding: file.bytes, as: UTF8.self)
        guard Array(text.utf8) == file.bytes else {
            throw ConfigurationError(.configuration, "\(noun) file \(path): it is not UTF-8; write it again in UTF-8")
        }
        let trimmed = text.trimming(while: \.isWhitespace)
        guard !trimmed.isEmpty else {
            throw ConfigurationError(
                .configuration,
                "\(noun) file \(path): it is empty\(ServiceCredential.hint(onFile: path, holding: file.bytes)); write the \(noun) to it"
            )
        }
        secret = Secret(trimmed)
    }

    /// Who may open a file beyond those who need to, and the argument of `chmod` that ends it; `nil` where nobody.
    ///
    /// As ssh does with private keys, with one more allowance: group access to a file of root's is deliberate (`root:history 0640`, and
    /// systemd's credentials, whose access list shows as group bits), so only access for everybody is refused there.
    static func excess(ofMode mode: mode_t, owner: uid_t, reader: uid_t) -> (who: String, remedy: String)? {
        let isOwn = owner == reader && owner != 0
        if mode & 0o007 != 0 { return ("every user of this machine", isOwn ? "go=" : "o=") }
        if isOwn, mode & 0o070 != 0 { return ("its group", "go=") }
        return nil
    }
}

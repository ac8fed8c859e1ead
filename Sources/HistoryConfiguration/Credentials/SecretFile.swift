import Glibc
import GuestCustomization
import PathTrust

/// A file that contains one secret. Refused if more people can read it than need to.
package struct SecretFile {
    /// Trimmed of white space at both ends; never empty.
    package let secret: Secret

    /// Bytes. No password or token is nearly this long; a larger file is some other file.
    static let maximumSize = 64 * 1024

    /// - Parameter noun: What the file contains, for errors: `password`, `token`.
    package init(path: String, of noun: String) throws(HistoryError) {
        let file: BoundedFile
        do throws(BoundedFile.Fault) {
            file = try BoundedFile(path: path, limit: Self.maximumSize)
        } catch {
            throw error.error(about: "\(noun) file \(path)", advice: "name a file that this user can read")
        }
        try self.init(file, path: path, of: noun)
    }

    /// The same for a file that was already read.
    init(_ file: BoundedFile, path: String, of noun: String) throws(HistoryError) {
        if let excess = Self.excess(ofMode: file.mode, owner: file.owner, reader: geteuid()),
            !ContainerSecret.isOne(path, of: file)
        {
            throw HistoryError(
                .configuration, about: "\(noun) file \(path)",
                "\(excess.who) may open it (mode 0\(String(file.mode, radix: 8)))",
                advice: file.isRegular
                    ? "run: chmod \(excess.remedy) \(path.shellQuoted)" : "name a file with the \(noun)")
        }
        let text = String(decoding: file.bytes, as: UTF8.self)
        guard Array(text.utf8) == file.bytes else {
            throw HistoryError(
                .configuration, about: "\(noun) file \(path)", "it is not UTF-8", advice: "save it as UTF-8")
        }
        let trimmed = text.trimming(while: \.isWhitespace)
        guard !trimmed.isEmpty else {
            throw HistoryError(
                .configuration, about: "\(noun) file \(path)",
                "it is empty\(ServiceCredential.hint(onFile: path, holding: file.bytes))",
                advice: "write the \(noun) to it")
        }
        secret = Secret(trimmed)
    }

    /// Who can open a file without needing to, and the argument of `chmod` that prevents it; `nil` if nobody can.
    ///
    /// The rule of ssh for private keys, with one exception: group access to a file owned by root is deliberate (`root:history 0640`, and
    /// systemd's credentials, whose access list shows as group bits), so only access for everyone is refused there.
    static func excess(ofMode mode: mode_t, owner: uid_t, reader: uid_t) -> (who: String, remedy: String)? {
        let isOwn = owner == reader && owner != 0
        if mode & 0o007 != 0 { return ("every user of this machine", isOwn ? "go=" : "o=") }
        if isOwn, mode & 0o070 != 0 { return ("its group", "go=") }
        return nil
    }
}

import Foundation

/// Makes the file of a new history, closed to other users: what guests report is nobody else's business.
enum NewDatabaseFile {
    /// The directory of the default place and those above it, mode 0700.
    static func makeDirectory(for path: String) throws {
        let directory = URL(fileURLWithPath: path).deletingLastPathComponent().path
        do {
            try FileManager.default.createDirectory(
                atPath: directory, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            throw HistoryDatabaseError(
                .cannotCreate,
                "cannot make the directory \(directory): \((error as NSError).localizedDescription); make it or name a file with --database"
            )
        }
    }

    /// An empty file, mode 0640 or stricter by the umask; SQLite gives the files beside it the same mode.
    static func make(at path: String) throws {
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o640)
        guard descriptor >= 0 else {
            let cause = errno
            let remedy =
                cause == ENOENT
                ? "its directory does not exist; make it first"
                : "\(String(cString: strerror(cause))); make the directory writable or name another file with --database"
            throw HistoryDatabaseError(cause == ENOSPC ? .full : .cannotCreate, "cannot make \(path): \(remedy)")
        }
        close(descriptor)
    }
}

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
    ///
    /// One that root makes in somebody's directory is that user's: a stray run of root's must not lock out the service whose
    /// state it is.
    static func make(at path: String) throws {
        let descriptor = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o640)
        guard descriptor >= 0 else {
            let cause = errno
            // Another process has just made it.
            if cause == EEXIST { return }
            let remedy =
                cause == ENOENT
                ? "its directory does not exist; make it first"
                : "\(String(cString: strerror(cause))); make the directory writable or name another file with --database"
            throw HistoryDatabaseError(cause == ENOSPC ? .full : .cannotCreate, "cannot make \(path): \(remedy)")
        }
        defer { close(descriptor) }
        var directory = stat()
        if geteuid() == 0, stat(URL(fileURLWithPath: path).deletingLastPathComponent().path, &directory) == 0,
            directory.st_uid != 0
        {
            fchown(descriptor, directory.st_uid, directory.st_gid)
        }
    }
}

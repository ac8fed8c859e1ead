import Foundation
import GuestCustomization

/// Creates the file of a new history, inaccessible to other users: they have no business with what guests report.
package enum NewDatabaseFile {
    /// Creates the directory of the default path and those above it, mode 0700.
    static func makeDirectory(for path: String) throws {
        let directory = URL(fileURLWithPath: path).deletingLastPathComponent().path
        do {
            try FileManager.default.createDirectory(
                atPath: directory, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            throw HistoryError(
                .cannotCreate,
                "cannot create the directory \(directory): \((error as NSError).localizedDescription); create it or name a file with --database"
            )
        }
    }

    /// Creates an empty file, mode 0640 or stricter by the umask; SQLite gives the files beside it the same mode.
    static func make(at path: String) throws {
        let descriptor = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o640)
        guard descriptor >= 0 else {
            let cause = errno
            // Another process has just created it.
            if cause == EEXIST { return }
            let remedy =
                cause == ENOENT
                ? "its directory does not exist; create it first"
                : "\(String(cString: strerror(cause))); make the directory writable or name another file with --database"
            throw HistoryError(cause == ENOSPC ? .full : .cannotCreate, "cannot create \(path): \(remedy)")
        }
        defer { close(descriptor) }
        giveToOwner(of: URL(fileURLWithPath: path).deletingLastPathComponent().path, descriptor)
    }

    /// A file that root creates in a user's directory belongs to that user: an accidental run as root must not lock out the service
    /// that owns the history.
    package static func giveToOwner(of directory: String, _ descriptor: Int32) {
        var status = stat()
        if geteuid() == 0, stat(directory, &status) == 0, status.st_uid != 0 {
            fchown(descriptor, status.st_uid, status.st_gid)
        }
    }
}

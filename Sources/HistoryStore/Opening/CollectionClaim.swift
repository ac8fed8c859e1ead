import Foundation
import GuestCustomization
import PathTrust

/// The right of one process to poll one vCenter into one history or to read its events, to tell what is new on one channel, or to prune; it ends when it
/// is released or the process ends.
///
/// A byte of the file `DATABASE-lock`, two for each vCenter, one for each channel and one for prunes, is locked for the open file description (`F_OFD_SETLK`); the kernel
/// releases the lock however the process ends. A separate file is needed because closing any other descriptor of the database would
/// drop SQLite's locks on it. Source: fcntl(2).
package final class CollectionClaim: Sendable {
    private let descriptor: Int32
    /// The byte for prunes; vCenters have those of their rows, from 1.
    static let pruneByte: Int64 = 0
    /// The byte for reading the events of the vCenter in row 0; above those for polling, and below 2^40, from where channels have theirs.
    private static let firstEventByte: Int64 = 1 << 38

    /// The byte for reading the events of a vCenter, which does not keep others from polling it.
    static func eventByte(ofVCenter row: Int64) -> Int64 { firstEventByte + row }

    private init(descriptor: Int32) {
        self.descriptor = descriptor
    }

    deinit {
        close(descriptor)
    }

    /// `nil` if another process has the claim.
    static func take(byte: Int64, inFileBeside database: String) throws -> CollectionClaim? {
        let path = database + DatabaseParts.lockSuffix
        // Otherwise root would follow a link that somebody put there, and change the owner of its target.
        let descriptor = open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0o640)
        guard descriptor >= 0 else {
            let remedy =
                errno == ELOOP
                ? "it is a symbolic link; remove it"
                : "\(String(cString: strerror(errno))); give it the owner and permissions of \(database), and check those of its directory"
            throw HistoryError(
                .cannotWrite, "cannot open \(path), the lock file of the history: \(remedy)")
        }
        if let planted = PlantedFile(at: path) {
            close(descriptor)
            throw HistoryError(
                .cannotWrite, "cannot use \(path), the lock file of the history: \(planted.problem)")
        }
        DatabaseParts.align(with: database)
        var lock = flock()
        lock.l_type = Int16(F_WRLCK)
        lock.l_whence = Int16(SEEK_SET)
        lock.l_start = off_t(byte)
        lock.l_len = 1
        // <fcntl.h> declares F_OFD_SETLK for GNU sources only.
        let setOpenFileLock: Int32 = 37
        guard fcntl(descriptor, setOpenFileLock, &lock) == 0 else {
            let cause = errno
            close(descriptor)
            if cause == EAGAIN || cause == EACCES { return nil }
            throw HistoryError(
                .cannotWrite,
                "cannot lock \(path), the lock file of the history: \(String(cString: strerror(cause)))")
        }
        return CollectionClaim(descriptor: descriptor)
    }
}

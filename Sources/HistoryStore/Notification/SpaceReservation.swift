import Foundation
import GuestCustomization

/// Room on the file system of a history, kept free until it is released: so much can be written to the history then.
///
/// It is a file without a name, which is gone when the process ends, however that happens.
package final class SpaceReservation {
    private var descriptor: CInt?

    /// - Throws: `HistoryError`, `full` or `cannotWrite`. A file system where room cannot be reserved is no error.
    init(bytes: Int, beside path: String, _ attempt: String) throws(HistoryError) {
        var template = Array("\(path)-room-XXXXXX".utf8CString)
        let descriptor = mkstemp(&template)
        let failure: CInt
        if descriptor < 0 {
            failure = errno
        } else {
            self.descriptor = descriptor
            unlink(template)
            failure = posix_fallocate(descriptor, 0, off_t(bytes))
        }
        switch failure {
        case ENOSPC, EDQUOT:
            throw HistoryError(
                .full, about: "cannot \(attempt) \(path)", "the disk is full",
                advice: "nothing was told; free some space and run this again")
        case EFBIG:
            throw HistoryError(
                .cannotWrite, about: "cannot \(attempt) \(path)", "files may not become that large",
                advice: "nothing was told; raise the limit on the size of files (ulimit -f)")
        default: break
        }
    }

    deinit { release() }

    /// Gives the room back.
    package func release() {
        if let descriptor { close(descriptor) }
        descriptor = nil
    }
}

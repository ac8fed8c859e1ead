import Foundation
import GuestCustomization

/// Room on the file system of a history, kept free until it is released: so much can be written to the history then.
///
/// It is a file without a name, which is gone when the process ends, however that happens.
package final class SpaceReservation {
    private var descriptor: CInt?

    /// - Throws: `HistoryError`, `full`. A file system where room cannot be reserved is no error.
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
        guard failure == ENOSPC || failure == EDQUOT else { return }
        throw HistoryError(
            .full, about: "cannot \(attempt) \(path)", "the disk is full",
            advice: "nothing was told; free some space and run this again")
    }

    deinit { release() }

    /// Gives the room back.
    package func release() {
        if let descriptor { close(descriptor) }
        descriptor = nil
    }
}

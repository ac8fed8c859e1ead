import Foundation
import GuestCustomization
import PathTrust

/// A file that must not exist yet.
struct NewFile {
    let path: String
    /// Its permissions, before the umask.
    let mode: mode_t

    /// - Throws: `HistoryError`, 73 if the file exists or cannot be made, 74 if it cannot be written.
    func write(_ text: String) throws {
        func refusal(_ code: HistoryError.Code, _ problem: String, _ advice: String? = nil) -> HistoryError {
            HistoryError(code, about: "cannot write \(path)", problem, advice: advice)
        }
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode)
        guard descriptor >= 0 else {
            throw errno == EEXIST
                ? refusal(.cannotCreate, "it exists", "name another file")
                : refusal(.cannotCreate, String(cString: strerror(errno)))
        }
        defer { close(descriptor) }
        let bytes = Array(text.utf8)
        guard Glibc.write(descriptor, bytes, bytes.count) == bytes.count, fsync(descriptor) == 0 else {
            let cause = String(cString: strerror(errno))
            unlink(path)
            throw refusal(.inputOutput, cause)
        }
    }
}

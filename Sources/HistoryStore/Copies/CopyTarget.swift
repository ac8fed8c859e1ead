import Foundation
import GuestCustomization

/// Where a copy of a history may be put: it must not replace anything but an earlier copy, nor get the log of another database.
package enum CopyTarget {
    /// What forbids it, and what to do; `nil` if nothing does.
    ///
    /// - Parameters:
    ///   - path: A real path (`RealPath`); the file may be missing.
    ///   - history: The history that is copied.
    ///   - mayReplace: Whether an earlier copy may be replaced.
    /// - Throws: `HistoryError` if the file cannot be read.
    package static func obstacle(
        at path: String, of history: String, mayReplace: Bool
    ) throws -> (problem: String, advice: String)? {
        let otherName = "name another file"
        if let part = DatabaseParts.description(ofFile: path, history: history), part.contains("the history") {
            return ("it is \(part) and was not changed", otherName)
        }
        for suffix in ["-wal", "-shm", "-journal"] where exists(path + suffix) {
            return (
                "\(path + suffix) belongs to another database of this name, and SQLite would mix it into the copy",
                "\(otherName), or remove it if nothing uses that database any more"
            )
        }
        guard exists(path) else { return nil }
        var status = stat()
        guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            return ("it is not a regular file", "name a new file")
        }
        guard mayReplace else {
            return ("it exists already and was not changed", "\(otherName), or give --force to replace an earlier copy")
        }
        switch try DatabaseFileHeader(ofFile: path) {
        case .missing, .empty, .database(DatabaseFileHeader.ourApplicationID, _): return nil
        case .other, .database: return ("it is not a history and was not changed", otherName)
        }
    }

    private static func exists(_ path: String) -> Bool {
        var status = stat()
        return lstat(path, &status) == 0
    }
}

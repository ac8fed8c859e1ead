import Foundation

/// Replacement files that a killed process left behind.
enum AbandonedFiles {
    private static let prefix = ".history-"
    private static let suffix = ".tmp"

    /// A name that no other file in the directory has.
    static func newPath(in directory: String) -> String { "\(directory)/\(prefix)\(UUID().uuidString)\(suffix)" }

    /// Deletes those in a directory that belong to this user and that no process has locked. Files that cannot be deleted stay.
    static func delete(in directory: String) {
        guard let entries = opendir(directory) else { return }
        defer { closedir(entries) }
        while let entry = readdir(entries) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: Int(NAME_MAX) + 1) { String(cString: $0) }
            }
            if isOfOurs(name) { deleteUnheld("\(directory)/\(name)") }
        }
    }

    /// Whether an open file still has a name.
    static func isLinked(_ descriptor: Int32) -> Bool {
        var status = stat()
        return fstat(descriptor, &status) == 0 && status.st_nlink > 0
    }

    private static func isOfOurs(_ name: String) -> Bool {
        name.hasPrefix(prefix) && name.hasSuffix(suffix)
            && UUID(uuidString: String(name.dropFirst(prefix.count).dropLast(suffix.count))) != nil
    }

    private static func deleteUnheld(_ path: String) {
        // Skip a file that somebody else planted, which may be a pipe.
        let descriptor = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG, status.st_uid == geteuid(),
            flock(descriptor, LOCK_EX | LOCK_NB) == 0
        else { return }
        unlink(path)
    }
}

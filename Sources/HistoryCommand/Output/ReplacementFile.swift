import Foundation
import GuestCustomization

/// A new file that replaces another one, if any, once it is complete.
///
/// If the file system supports it (`O_TMPFILE`), it has no name until then, so that a killed process leaves nothing behind.
/// Otherwise, and for an instant between the two names, it is called `.history-….tmp` and its creator holds a lock on it: the next process to
/// write to the directory deletes those without a lock.
struct ReplacementFile: ~Copyable {
    /// Why a step failed.
    struct Fault: Error {
        var kind = HistoryError.Code.cannotCreate
        /// What failed, in the infinitive.
        var step: String
        /// `errno` of the call that failed.
        var code: Int32

        fileprivate static func last(_ step: String, _ kind: HistoryError.Code = .cannotCreate) -> Fault {
            Fault(kind: kind, step: step, code: errno)
        }
    }

    let descriptor: Int32
    private let directory: String
    /// Its current path; `nil` while it has no name.
    private(set) var path: String?

    /// - Parameter mode: Its permissions, before the umask.
    init(in directory: String, mode: mode_t) throws(Fault) {
        AbandonedFiles.delete(in: directory)
        let unnamed = open(directory, Self.unnamed | O_WRONLY | O_CLOEXEC, mode)
        guard unnamed >= 0 else {
            try self.init(namedIn: directory, mode: mode)
            return
        }
        // No other process has it open yet.
        flock(unnamed, LOCK_EX | LOCK_NB)
        self.init(descriptor: unnamed, directory: directory, path: nil)
    }

    /// A file that has a name from the start, as network file systems require.
    init(namedIn directory: String, mode: mode_t) throws(Fault) {
        while true {
            let path = AbandonedFiles.newPath(in: directory)
            let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode)
            guard descriptor >= 0 else { throw .last("create a file in its directory") }
            // Before it was locked, another process may have deleted it as abandoned.
            if flock(descriptor, LOCK_EX | LOCK_NB) == 0, AbandonedFiles.isLinked(descriptor) {
                self.init(descriptor: descriptor, directory: directory, path: path)
                return
            }
            close(descriptor)
        }
    }

    private init(descriptor: Int32, directory: String, path: String?) {
        self.descriptor = descriptor
        self.directory = directory
        self.path = path
    }

    /// Deletes the file if it was not put in place.
    deinit {
        if let path { unlink(path) }
        close(descriptor)
    }

    /// Gives it the name of `target`, a path in the same directory.
    mutating func replace(_ target: String) throws(Fault) {
        guard fsync(descriptor) == 0 else { throw .last("write it to the disk", .inputOutput) }
        if path == nil {
            if link(target) { return }
            // Only a file with a name can replace an existing file.
            let named = AbandonedFiles.newPath(in: directory)
            guard link(named) else { throw .last("put it in place") }
            path = named
        }
        guard let path, rename(path, target) == 0 else { throw .last("put it in place") }
        self.path = nil
    }

    /// Gives it the name of `target`, a path in the same directory, unless a file has this name.
    mutating func take(_ target: String) throws(Fault) {
        guard fsync(descriptor) == 0 else { throw .last("write it to the disk", .inputOutput) }
        guard link(target) else {
            // A file system without hard links.
            guard errno == EPERM || errno == EOPNOTSUPP, access(target, F_OK) != 0 else {
                throw .last("put it in place")
            }
            return try replace(target)
        }
        if let path { unlink(path) }
        path = nil
    }

    /// Makes a new name in a directory survive a crash of the machine. Some file systems cannot do this, and nothing can be done about it.
    static func sync(directory: String) {
        let handle = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard handle >= 0 else { return }
        fsync(handle)
        close(handle)
    }

    private func link(_ path: String) -> Bool {
        linkat(AT_FDCWD, "/proc/self/fd/\(descriptor)", AT_FDCWD, path, AT_SYMLINK_FOLLOW) == 0
    }

    /// `O_TMPFILE`, which Swift does not import from C because it is not a plain number there: `__O_TMPFILE | O_DIRECTORY`.
    private static let unnamed: Int32 = 0o20_000_000 | O_DIRECTORY
}

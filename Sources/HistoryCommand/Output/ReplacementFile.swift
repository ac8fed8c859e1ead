import Foundation

/// A file that is to take the place of another one, or of none, once it is whole.
///
/// Where the file system can make one (`O_TMPFILE`), it has no name until then, so that a process that is killed leaves nothing behind.
/// Else, and for the blink between two names, it is called `.history-….tmp` and its maker holds a lock on it: the next one to
/// write into the directory deletes those that nobody holds.
struct ReplacementFile: ~Copyable {
    /// Why a step failed.
    struct Fault: Error {
        var status = ExitStatus.cannotCreate
        /// What could not be done, in the infinitive.
        var step: String
        /// `errno` of the call that failed.
        var code: Int32

        fileprivate static func last(_ step: String, _ status: ExitStatus = .cannotCreate) -> Fault {
            Fault(status: status, step: step, code: errno)
        }
    }

    let descriptor: Int32
    private let directory: String
    /// Where it stands now; `nil` while it has no name.
    private var path: String?

    /// - Parameter mode: Its permissions, of which the umask takes some away.
    init(in directory: String, mode: mode_t) throws(Fault) {
        AbandonedFiles.delete(in: directory)
        let unnamed = open(directory, Self.unnamed | O_WRONLY | O_CLOEXEC, mode)
        guard unnamed >= 0 else {
            try self.init(namedIn: directory, mode: mode)
            return
        }
        // Nobody else has it yet.
        flock(unnamed, LOCK_EX | LOCK_NB)
        self.init(descriptor: unnamed, directory: directory, path: nil)
    }

    /// One that has a name from the beginning, as network file systems want it.
    init(namedIn directory: String, mode: mode_t) throws(Fault) {
        while true {
            let path = AbandonedFiles.newPath(in: directory)
            let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode)
            guard descriptor >= 0 else { throw .last("make a file in its directory") }
            // Another process may have taken it for one that was left behind, before it was locked.
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

    /// Deletes what was not put in place.
    deinit {
        if let path { unlink(path) }
        close(descriptor)
    }

    /// Gives it the name of `target`, a path in the same directory.
    mutating func replace(_ target: String) throws(Fault) {
        guard fsync(descriptor) == 0 else { throw .last("write it to the disk", .inputOutput) }
        if path == nil {
            if link(target) { return }
            // What is there can only be replaced by a file that has a name.
            let named = AbandonedFiles.newPath(in: directory)
            guard link(named) else { throw .last("put it in place") }
            path = named
        }
        guard let path, rename(path, target) == 0 else { throw .last("put it in place") }
        self.path = nil
    }

    private func link(_ path: String) -> Bool {
        linkat(AT_FDCWD, "/proc/self/fd/\(descriptor)", AT_FDCWD, path, AT_SYMLINK_FOLLOW) == 0
    }

    /// `O_TMPFILE`, which Swift does not import from C since it is no plain number there: `__O_TMPFILE | O_DIRECTORY`.
    private static let unnamed: Int32 = 0o20_000_000 | O_DIRECTORY
}

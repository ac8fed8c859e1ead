import Foundation
import GuestCustomization

/// The files that SQLite and this program keep beside a database as parts of it.
package enum DatabaseParts {
    /// The suffixes of their names after the database's name.
    static let suffixes = ["-wal", "-shm", "-journal", lockSuffix]
    static let lockSuffix = "-lock"
    /// The suffixes of state files, which only the owner may read.
    private static let stateSuffixes = ["-logins", "-told"]

    /// What a file is, to follow "it is", if it must not be overwritten; `nil` for any other file.
    ///
    /// - Parameters:
    ///   - path: A real path (`RealPath`); the file may be missing.
    ///   - history: The history in use, which is recognized by its hard links too.
    package static func description(ofFile path: String, history: String?) -> String? {
        if let history {
            if isSameFile(path, history) { return "the history" }
            if (suffixes + stateSuffixes).contains(where: { isSameFile(path, history + $0) }) {
                return "a part of the history \(history)"
            }
        }
        switch firstBytes(ofFile: path) {
        case .database: return "a SQLite database"
        case .log: return "the log or journal of a SQLite database"
        case .unreadable(let cause): return "a file that cannot be read and so may be a database (\(cause))"
        case .other: break
        }
        guard let suffix = (suffixes + stateSuffixes).first(where: path.hasSuffix) else { return nil }
        let database = String(path.dropLast(suffix.count))
        if case .database = firstBytes(ofFile: database) { return "a part of the SQLite database \(database)" }
        return nil
    }

    /// Whether a database that existed is missing: its lock file remains when it is deleted, or when its disk is replaced by a copy
    /// without it.
    ///
    /// - Parameter path: The database's real path.
    package static func hasVanished(_ path: String) -> Bool {
        access(path, F_OK) != 0 && errno == ENOENT && access(path + lockSuffix, F_OK) == 0
    }

    /// Throws if a file that SQLite would open beside a database is not a regular file: SQLite would wait forever for a pipe, and
    /// follow a link.
    static func requireFiles(beside database: String) throws {
        for suffix in suffixes {
            var status = stat()
            guard lstat(database + suffix, &status) == 0, status.st_mode & S_IFMT != S_IFREG else { continue }
            throw HistoryError(
                .cannotRead,
                "cannot use \(database): \(database + suffix) beside it is not a regular file; remove it")
        }
    }

    /// Gives the files beside a database its owner, group and permissions, whoever created them: everyone who may use the
    /// database must be able to use them too. Files that this process may not change stay as they are.
    ///
    /// SQLite does this only for files that it creates as root. It handles neither later changes by an administrator nor a group
    /// that several users share.
    static func align(with database: String) {
        var status = stat()
        guard lstat(database, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return }
        for suffix in suffixes { align(database + suffix, with: status) }
    }

    private static func align(_ path: String, with database: stat) {
        // By an O_PATH descriptor: closing any other would drop SQLite's locks on the file, and a path could lead to something that
        // somebody else puts there meanwhile. <fcntl.h> declares O_PATH and AT_EMPTY_PATH for GNU sources only.
        let (nameOnly, emptyPath): (Int32, Int32) = (0o10000000, 0x1000)
        let descriptor = open(path, nameOnly | O_NOFOLLOW | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        defer { close(descriptor) }
        var status = stat()
        // A hard link may lead to a file that has nothing to do with the database.
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG, status.st_nlink == 1,
            geteuid() == 0 || geteuid() == status.st_uid
        else { return }
        let owner = geteuid() == 0 ? database.st_uid : status.st_uid
        if owner != status.st_uid || database.st_gid != status.st_gid {
            _ = fchownat(descriptor, "", owner, database.st_gid, emptyPath)
        }
        let mode = database.st_mode & 0o777
        if mode != status.st_mode & 0o777 { _ = chmod("/proc/self/fd/\(descriptor)", mode) }
    }

    private enum FirstBytes {
        case database, log, other
        case unreadable(String)
    }

    private static func firstBytes(ofFile path: String) -> FirstBytes {
        var status = stat()
        // A device or a pipe is written to but never replaced.
        guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return .other }
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            return errno == ENOENT ? .other : .unreadable(String(cString: strerror(errno)))
        }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: 16)
        let count = pread(descriptor, &bytes, bytes.count, 0)
        guard count >= 0 else { return .unreadable(String(cString: strerror(errno))) }
        let found = bytes.prefix(count)
        if found.starts(with: "SQLite format 3\0".utf8) { return .database }
        // Source: https://www.sqlite.org/fileformat2.html#the_rollback_journal, #walformat
        let logs: [[UInt8]] = [
            [0xD9, 0xD5, 0x05, 0xF9, 0x20, 0xA1, 0x63, 0xD7], [0x37, 0x7F, 0x06, 0x82], [0x37, 0x7F, 0x06, 0x83],
        ]
        return logs.contains { found.starts(with: $0) } ? .log : .other
    }

    private static func isSameFile(_ path: String, _ other: String) -> Bool {
        if path == other { return true }
        var (left, right) = (stat(), stat())
        return stat(path, &left) == 0 && stat(other, &right) == 0 && left.st_dev == right.st_dev
            && left.st_ino == right.st_ino
    }
}

import Foundation

/// Why another user may control a file's contents. The rule is ssh's for its configuration and keys.
///
/// The file must belong to root or to the user that this process runs as, and nobody else may write to it. Nobody else may replace it
/// either: the same holds for every directory on the path, including those of symbolic links. A directory where everyone may write but
/// only owners may rename (`/tmp`) is allowed, if the entry of the path in it belongs to root or to us.
package struct ForeignControl: Error, Hashable, Sendable {
    /// What is wrong, to follow the file's name: `it belongs to alice, who …`.
    package var problem: String
    /// How to fix it: `run: chown root 'FILE'`.
    package var remedy: String

    /// `nil` if nobody else controls the file's contents.
    ///
    /// - Parameters:
    ///   - path: The path as it was opened.
    ///   - opened: The `fstat` of the opened file, which must be the file that the path leads to now.
    package init?(overFile path: String, opened: stat) {
        self.init(overFile: path, opened: opened, by: geteuid())
    }

    /// The same for a program to be run; also `nil` if there is no such program.
    package init?(overProgram path: String) {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        self.init(overFile: path, opened: status)
    }

    init?(overFile path: String, opened: stat, by user: uid_t) {
        let walk = PathWalk(path)
        if let fault = walk.fault {
            self.init(
                problem: "its directories cannot be followed: \(String(cString: strerror(fault)))",
                remedy: "run: namei -l \(path.shellQuoted)")
            return
        }
        if walk.isDescriptor {
            // Whoever started us opened the pipe or terminal; a file is checked like any other.
            guard opened.kind == S_IFREG, let found = Self.ofFile(opened, path, by: user) else { return nil }
            self = found
            return
        }
        if let end = walk.places.last, let found = Self.ofFile(end.status, end.path, by: user) {
            self = found
            return
        }
        for place in walk.places.dropLast() where place.status.kind == S_IFDIR {
            guard let found = Self.ofDirectory(place, by: user) else { continue }
            self = found
            return
        }
        for place in walk.places {
            guard let found = Self.ofEntry(place, by: user) else { continue }
            self = found
            return
        }
        guard let end = walk.places.last, end.status.st_dev == opened.st_dev,
            end.status.st_ino == opened.st_ino
        else {
            self.init(problem: "it was just replaced by another file", remedy: "run: ls -l \(path.shellQuoted)")
            return
        }
        return nil
    }

    init(problem: String, remedy: String) {
        self.problem = problem
        self.remedy = remedy
    }

    /// What somebody else can do in a directory on the path.
    private static func ofDirectory(_ place: PathWalk.Place, by user: uid_t) -> ForeignControl? {
        let (status, name) = (place.status, place.path)
        if isForeign(status, to: user), !UnmappedUser.isOwner(of: status) {
            let owner = UserName.of(status.st_uid)
            return ForeignControl(
                problem: "its directory \(name) belongs to \(owner), who could put another file there",
                remedy:
                    "move it to a directory of \(UserName.of(user)), or run: chown \(UserName.of(user)) \(name.shellQuoted)"
            )
        }
        let isOpen =
            status.isWritableByAll
            || status.isWritableByGroup && !(status.st_uid == user && PrivateGroup.isPrivate(status.st_gid, of: user))
        guard isOpen, !status.isSticky else { return nil }
        return ForeignControl(
            problem:
                "users other than its owner may write to its directory \(name) (mode \(status.octalMode)), and so could put another file there",
            remedy: "run: chmod go-w \(name.shellQuoted)")
    }

    /// What somebody else can do with their own link, directory or file in a directory where only owners may rename.
    private static func ofEntry(_ place: PathWalk.Place, by user: uid_t) -> ForeignControl? {
        guard place.status.kind == S_IFLNK, let directory = place.directory, directory.isSticky,
            directory.isWritableByAll || directory.isWritableByGroup, isForeign(place.status, to: user)
        else { return nil }
        return ForeignControl(
            problem:
                "the symbolic link \(place.path) belongs to \(UserName.of(place.status.st_uid)), who could lead it elsewhere",
            remedy: "run: chown -h \(UserName.of(user)) \(place.path.shellQuoted)")
    }

    private static func ofFile(_ status: stat, _ path: String, by user: uid_t) -> ForeignControl? {
        if isForeign(status, to: user) {
            return ForeignControl(
                problem: "it belongs to \(UserName.of(status.st_uid)), who could write anything to it",
                remedy: "run: chown \(UserName.of(user)) \(path.shellQuoted)")
        }
        // A directory cannot be read anyway, and a device does not return what was written to it.
        guard status.kind == S_IFREG || status.kind == S_IFIFO, status.isWritableByAll || status.isWritableByGroup
        else { return nil }
        let others = status.isWritableByAll ? "every user of this machine" : "its group"
        return ForeignControl(
            problem: "\(others) may write to it (mode \(status.octalMode))",
            remedy: "run: chmod go-w \(path.shellQuoted)")
    }

    private static func isForeign(_ status: stat, to user: uid_t) -> Bool {
        status.st_uid != 0 && status.st_uid != user
    }
}

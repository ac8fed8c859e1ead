import Foundation

/// Why a file may hold what somebody else wrote: ssh's rule for its configuration and keys.
///
/// The file belongs to root or to the user that this process runs as, and nobody else may write to it. Nor may anybody else put another
/// file in its place: of every directory that the path leads through, those of symbolic links too, the same is true. A directory
/// where everyone may write and only owners may rename (`/tmp`) will do, as long as what the path passes there belongs to root or us.
package struct ForeignControl: Error, Hashable, Sendable {
    /// What is wrong, as it reads after the file's name: `it belongs to alice, who …`.
    package var problem: String
    /// What mends it: `run: chown root 'FILE'`.
    package var remedy: String

    /// `nil` if nobody else decides over what the file holds.
    ///
    /// - Parameters:
    ///   - path: As it was opened.
    ///   - opened: What `fstat` says of the file that was opened: it has to be the one that the path leads to now.
    package init?(overFile path: String, opened: stat) {
        self.init(overFile: path, opened: opened, by: geteuid())
    }

    /// The same of a program that is to be run; `nil` also if there is none.
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
                remedy: "run: namei -l \(shellWord(path))")
            return
        }
        if walk.isDescriptor {
            // A pipe or a terminal was opened by whoever started us; a file is one like any other.
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
            self.init(problem: "another file was put in its place just now", remedy: "run: ls -l \(shellWord(path))")
            return
        }
        return nil
    }

    init(problem: String, remedy: String) {
        self.problem = problem
        self.remedy = remedy
    }

    /// What somebody else can do in a directory that the path leads through.
    private static func ofDirectory(_ place: PathWalk.Place, by user: uid_t) -> ForeignControl? {
        let (status, name) = (place.status, place.path)
        if isForeign(status, to: user), !UnmappedUser.isOwner(of: status) {
            let owner = UserName.of(status.st_uid)
            return ForeignControl(
                problem: "its directory \(name) belongs to \(owner), who could put another file there",
                remedy:
                    "move it to a directory of \(UserName.of(user)), or run: chown \(UserName.of(user)) \(shellWord(name))"
            )
        }
        let isOpen =
            status.isWritableByAll
            || status.isWritableByGroup && !(status.st_uid == user && PrivateGroup.isPrivate(status.st_gid, of: user))
        guard isOpen, !status.isSticky else { return nil }
        return ForeignControl(
            problem:
                "others than its owner may write to its directory \(name) (mode \(status.octalMode)), and so put another file there",
            remedy: "run: chmod go-w \(shellWord(name))")
    }

    /// What somebody else can do with a link, directory or file of theirs that stands where only owners may rename.
    private static func ofEntry(_ place: PathWalk.Place, by user: uid_t) -> ForeignControl? {
        guard place.status.kind == S_IFLNK, let directory = place.directory, directory.isSticky,
            directory.isWritableByAll || directory.isWritableByGroup, isForeign(place.status, to: user)
        else { return nil }
        return ForeignControl(
            problem:
                "the symbolic link \(place.path) belongs to \(UserName.of(place.status.st_uid)), who could lead it elsewhere",
            remedy: "run: chown -h \(UserName.of(user)) \(shellWord(place.path))")
    }

    private static func ofFile(_ status: stat, _ path: String, by user: uid_t) -> ForeignControl? {
        if isForeign(status, to: user) {
            return ForeignControl(
                problem: "it belongs to \(UserName.of(status.st_uid)), who could write what they like to it",
                remedy: "run: chown \(UserName.of(user)) \(shellWord(path))")
        }
        // A directory cannot be read anyway, and what is written to a device is not what is read from it.
        guard status.kind == S_IFREG || status.kind == S_IFIFO, status.isWritableByAll || status.isWritableByGroup
        else { return nil }
        let others = status.isWritableByAll ? "every user of this machine" : "its group"
        return ForeignControl(
            problem: "\(others) may write to it (mode \(status.octalMode))",
            remedy: "run: chmod go-w \(shellWord(path))")
    }

    private static func isForeign(_ status: stat, to user: uid_t) -> Bool {
        status.st_uid != 0 && status.st_uid != user
    }
}

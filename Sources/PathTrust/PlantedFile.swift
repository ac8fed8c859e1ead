import Foundation

/// Something that another user put where everyone may write, so that this program reads or writes what they chose.
///
/// The kernel refuses such links, pipes and files by `fs.protected_symlinks`, `protected_hardlinks`, `protected_fifos` and
/// `protected_regular`, where these are on, and only to who follows links by it. This program follows them itself, and its rule holds
/// everywhere, for links to directories on the way too: what stands in a directory where everyone may write is used if it belongs to us,
/// to root, or to whom the directory belongs to. Source: https://docs.kernel.org/admin-guide/sysctl/fs.html
package struct PlantedFile: Error, Hashable, Sendable {
    /// Real path of the link or file; its directory's stands before the last slash.
    package var path: String
    /// What it is, as it reads after "it leads through" or "it is".
    package var kind: Kind
    /// Whose it is.
    package var owner: String

    package enum Kind: Hashable, Sendable {
        case link, file, namedFile
    }

    /// One that a path leads to or through; `nil` if there is none, or nothing at all.
    ///
    /// - Parameter withEnd: Whether also what the path leads to in the end must not be another user's; a link may not in either case.
    package init?(at path: String, withEnd: Bool = true) {
        self.init(at: path, withEnd: withEnd, by: geteuid())
    }

    init?(at path: String, withEnd: Bool, by user: uid_t) {
        let walk = PathWalk(path)
        for place in walk.places where place.status.kind == S_IFLNK && Self.isPlanted(place, by: user) {
            self.init(place, .link)
            return
        }
        guard withEnd, !walk.isDescriptor, walk.fault == nil, let end = walk.places.last, end.status.kind != S_IFDIR,
            end.status.kind != S_IFCHR, end.status.kind != S_IFBLK
        else { return nil }
        if Self.isPlanted(end, by: user) {
            self.init(end, .file)
        } else if let directory = end.directory, directory.isWritableByAll, end.status.kind == S_IFREG,
            end.status.st_nlink > 1
        {
            // Whoever made the second name, it is another file's.
            self.init(end, .namedFile)
        } else {
            return nil
        }
    }

    private init(_ place: PathWalk.Place, _ kind: Kind) {
        path = place.path
        self.kind = kind
        owner = UserName.of(place.status.st_uid)
    }

    private static func isPlanted(_ place: PathWalk.Place, by user: uid_t) -> Bool {
        guard let directory = place.directory, directory.isWritableByAll else { return false }
        return ![user, 0, directory.st_uid].contains(place.status.st_uid)
    }

    /// As it reads after "cannot write FILE: ".
    package var problem: String {
        let directory = path.lastIndex(of: "/").map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
        let place = "in \(directory), where everyone may write"
        return switch kind {
        case .link:
            "it leads through \(path), a symbolic link that \(owner) put \(place); remove that or name another file"
        case .file: "it belongs to \(owner), who put it \(place); remove it or name another file"
        case .namedFile:
            "it stands \(place), and has another name elsewhere (a hard link); remove it or name another file"
        }
    }
}

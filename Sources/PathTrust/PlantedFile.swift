import Foundation

/// Something that another user put where everyone may write, so that this program would read or write what they chose.
///
/// The kernel refuses such links, pipes and files by `fs.protected_symlinks`, `protected_hardlinks`, `protected_fifos` and
/// `protected_regular` if these are on, but only for links that it follows itself. This program follows links itself, and applies its
/// rule everywhere, including links to directories on the path: an entry of a directory where everyone may write is used only if it
/// belongs to us, to root, or to the owner of the directory. Source: https://docs.kernel.org/admin-guide/sysctl/fs.html
package struct PlantedFile: Error, Hashable, Sendable {
    /// Real path of the link or file; the part before the last slash is its directory.
    package var path: String
    /// What kind of thing it is.
    package var kind: Kind
    /// The name of its owner.
    package var owner: String

    /// A symbolic link, a file, or a file that has another name (a hard link).
    package enum Kind: Hashable, Sendable {
        case link, file, namedFile
    }

    /// The first such thing that a path leads to or through; `nil` if there is none, or if the path leads nowhere.
    ///
    /// - Parameter withEnd: Whether the file at the end of the path must not be another user's either; a link never may.
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
            // Whoever made the second name, it may belong to an unrelated file.
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

    /// What is wrong and what to do, to follow "cannot write FILE: ".
    package var problem: String {
        let directory = path.lastIndex(of: "/").map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
        let place = "in \(directory), where everyone may write"
        return switch kind {
        case .link:
            "it leads through \(path), a symbolic link that \(owner) put \(place); remove the link or name another file"
        case .file: "it belongs to \(owner), who put it \(place); remove it or name another file"
        case .namedFile:
            "it is \(place), and has another name elsewhere (a hard link); remove it or name another file"
        }
    }
}

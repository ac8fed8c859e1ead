import Foundation

/// The file that a path finally leads to: absolute, without symbolic links, `.`, `..` or doubled slashes.
///
/// Foundation is not used: it takes `link/..` for the folder that contains the link, and does not resolve a dangling link.
package struct RealPath: Hashable, Sendable {
    /// The real path; if it cannot be resolved, the given path made absolute.
    package let path: String
    /// Whether the path ends in a symbolic link to something that does not exist.
    package let isDangling: Bool

    /// - Parameter path: The path of a file, which may be missing. If its directory is missing too, nothing is resolved.
    package init(_ path: String) {
        if let real = Self.resolved(path) {
            self.path = real
            isDangling = false
            return
        }
        let cause = errno
        var status = stat()
        let isLink = lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFLNK
        isDangling = isLink && [ENOENT, ENOTDIR, ELOOP].contains(cause)
        let slash = path.lastIndex(of: "/")
        let name = slash.map { path[path.index(after: $0)...] } ?? path[...]
        let directory = slash.map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
        if !name.isEmpty, name != ".", name != "..", let real = Self.resolved(directory) {
            self.path = real == "/" ? "/\(name)" : "\(real)/\(name)"
        } else {
            self.path = path.hasPrefix("/") ? path : FileManager.default.currentDirectoryPath + "/" + path
        }
    }

    private static func resolved(_ path: String) -> String? {
        guard let real = realpath(path, nil) else { return nil }
        defer { free(real) }
        return String(cString: real)
    }
}

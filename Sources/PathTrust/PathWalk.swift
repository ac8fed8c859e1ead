import Foundation

/// The places on a path, followed link by link as the kernel does. `realpath` does not show who could redirect the path.
struct PathWalk {
    /// One place: a directory on the way, a symbolic link, or what the path leads to in the end.
    struct Place {
        /// Its real path; the last component of a link is not resolved.
        var path: String
        var status: stat
        /// The directory that contains it; `nil` for the root.
        var directory: stat?
    }

    /// In the order of the path; the last one is what the path leads to, unless `isDescriptor` or `fault` is set.
    private(set) var places: [Place] = []
    /// Whether the path leads to an open descriptor of this process (`/dev/stdin`, `/dev/fd/63`), chosen by whoever started it.
    private(set) var isDescriptor = false
    /// Why the path cannot be followed to its end, as an `errno`: `ENOENT` if there is nothing.
    private(set) var fault: CInt?

    /// Linux's `MAXSYMLINKS`.
    private static let maximumLinks = 40

    init(_ path: String) { fault = walk(path) }

    /// Returns the `errno` that ended the walk early.
    private mutating func walk(_ path: String) -> CInt? {
        let absolute = path.hasPrefix("/") ? path : FileManager.default.currentDirectoryPath + "/" + path
        var rest = Self.components(absolute)
        // The directories from the root to where the walk is.
        guard let root = Self.place("/", in: nil) else { return errno }
        var way = [root]
        places = way
        var links = 0
        while let name = rest.popLast() {
            if name == "." { continue }
            if name == ".." {
                if way.count > 1 { way.removeLast() }
                continue
            }
            let here = way[way.count - 1]
            let next = (here.path == "/" ? "" : here.path) + "/" + name
            guard let place = Self.place(next, in: here.status) else { return errno }
            guard place.status.kind == S_IFLNK else {
                places.append(place)
                way.append(place)
                continue
            }
            if rest.isEmpty, here.path == "/proc/\(getpid())/fd" {
                isDescriptor = true
                return nil
            }
            places.append(place)
            links += 1
            guard links <= Self.maximumLinks else { return ELOOP }
            guard let target = Self.target(ofLink: next) else { return errno }
            if target.hasPrefix("/") { way.removeLast(way.count - 1) }
            rest += Self.components(target)
        }
        // A path that ends with `..` leads to a directory that was passed before.
        if let end = way.last, places.last?.path != end.path { places.append(end) }
        return nil
    }

    /// The last one first.
    private static func components(_ path: String) -> [String] {
        path.split(separator: "/").reversed().map(String.init)
    }

    private static func place(_ path: String, in directory: stat?) -> Place? {
        var status = stat()
        guard lstat(path, &status) == 0 else { return nil }
        return Place(path: path, status: status, directory: directory)
    }

    private static func target(ofLink path: String) -> String? {
        var bytes = [CChar](repeating: 0, count: Int(PATH_MAX))
        let count = readlink(path, &bytes, bytes.count)
        return count < 0 ? nil : String(decoding: bytes.prefix(count).map(UInt8.init(bitPattern:)), as: UTF8.self)
    }
}

extension stat {
    var kind: mode_t { st_mode & S_IFMT }
    /// Whether only the owner of a file in this directory may rename or remove it.
    var isSticky: Bool { st_mode & S_ISVTX != 0 }
    var isWritableByAll: Bool { st_mode & S_IWOTH != 0 }
    var isWritableByGroup: Bool { st_mode & S_IWGRP != 0 }
    /// Permission bits as `chmod` takes them: `0644`.
    var octalMode: String { "0" + String(st_mode & 0o7777, radix: 8) }
}

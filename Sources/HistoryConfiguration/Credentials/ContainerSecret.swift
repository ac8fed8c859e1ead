import Glibc

/// A secret that a container's manager mounts into it, where no other users can read it.
///
/// Docker and Podman mount it in `/run/secrets`, readable by all (mode 0444). Kubernetes mounts a folder of links to `..data/NAME`;
/// `..data` leads to the folder of the current version (mode 0644).
enum ContainerSecret {
    /// Whether a file is such a secret. Only root can create one.
    static func isOne(_ path: String, of file: BoundedFile) -> Bool {
        guard file.owner == 0, let real = realPath(path) else { return false }
        if real.hasPrefix("/run/secrets/") || real.hasPrefix("/var/run/secrets/") { return true }
        guard let slash = path.lastIndex(of: "/"), slash != path.startIndex else { return false }
        let folder = String(path[..<slash])
        guard let version = realPath(folder + "/..data"), let top = realPath(folder) else { return false }
        return real.hasPrefix(version + "/") && version.hasPrefix(top + "/..")
    }

    private static func realPath(_ path: String) -> String? {
        guard let real = realpath(path, nil) else { return nil }
        defer { free(real) }
        return String(cString: real)
    }
}

import Foundation

/// The owner that the kernel shows for files of users without an id in this user namespace. In a rootless container it owns the root
/// directory. Source: user_namespaces(7).
enum UnmappedUser {
    /// True only if there are such users: otherwise the id is a real user's, often `nobody`.
    static func isOwner(of status: stat) -> Bool {
        guard let number = firstLine("/proc/sys/kernel/overflowuid"), uid_t(number) == status.st_uid,
            let map = firstLine("/proc/self/uid_map")
        else { return false }
        return map.split(separator: " ") != ["0", "0", "4294967295"]
    }

    private static func firstLine(_ path: String) -> String? {
        (try? String(contentsOfFile: path, encoding: .utf8))?.split(separator: "\n").first.map {
            $0.trimmingCharacters(in: .whitespaces)
        }
    }
}

import Foundation

/// The owner that the kernel shows for files of users who have no number in this user namespace: in a container without root's rights
/// that is who owns the root directory. Source: user_namespaces(7).
enum UnmappedUser {
    /// Only where there are such users: elsewhere the number is that of a real one, often `nobody`.
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

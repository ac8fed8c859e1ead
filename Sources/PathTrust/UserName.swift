import Foundation

/// The name of a user or group as `chown` accepts it, or the id if there is no name.
enum UserName {
    static func of(_ user: uid_t) -> String {
        guard let entry = getpwuid(user) else { return String(user) }
        return String(cString: entry.pointee.pw_name)
    }
}

import Foundation

/// What a user or group is called here, as `chown` takes it: the name, or the number where there is none.
enum UserName {
    static func of(_ user: uid_t) -> String {
        guard let entry = getpwuid(user) else { return String(user) }
        return String(cString: entry.pointee.pw_name)
    }
}

/// A path as one word of a command for the shell.
func shellWord(_ path: String) -> String { "'" + path.replacing("'", with: "'\\''") + "'" }

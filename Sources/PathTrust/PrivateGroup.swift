import Foundation

/// A group of one user alone, as most systems make for each new user: with a umask of 002 all directories of theirs are open to it,
/// and so to nobody else. Debian's ssh has the same rule.
///
/// Root has no such group: nothing is gained by leaving root's directories open.
enum PrivateGroup {
    static func isPrivate(_ group: gid_t, of user: uid_t) -> Bool {
        guard user != 0, let name = getpwuid(user).map({ String(cString: $0.pointee.pw_name) }) else { return false }
        // Also those that have it as their first one, and do not stand in its list.
        setpwent()
        defer { endpwent() }
        while let entry = getpwent() {
            if entry.pointee.pw_gid == group, entry.pointee.pw_uid != user { return false }
        }
        guard let members = getgrgid(group)?.pointee.gr_mem else { return false }
        var index = 0
        while let member = members[index] {
            if String(cString: member) != name { return false }
            index += 1
        }
        return true
    }
}

import Foundation

/// A group with only one user, as most systems create for each new user: with a umask of 002 the group may write to all their
/// directories, which opens them to nobody else. Debian's ssh has the same rule.
///
/// Root is not given this exception: there is no need for root's directories to be writable by a group.
enum PrivateGroup {
    static func isPrivate(_ group: gid_t, of user: uid_t) -> Bool {
        guard user != 0, let name = getpwuid(user).map({ String(cString: $0.pointee.pw_name) }) else { return false }
        // Also count users whose primary group it is; they are not in its list of members.
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

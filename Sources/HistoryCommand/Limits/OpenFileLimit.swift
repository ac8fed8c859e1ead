import Glibc

/// The number of files, including sockets, that this process may have open (`ulimit -n`).
enum OpenFileLimit {
    /// More than any collection needs. Some systems allow a billion, and every started program would have to go through them.
    private static let maximumCount: rlim_t = 16_384

    /// Raises the limit to what the system grants. Programs start with a lower limit for the sake of those that use `select`.
    static func raise() {
        var limit = limit
        let wanted = min(limit.rlim_max, maximumCount)
        guard limit.rlim_cur < wanted else { return }
        limit.rlim_cur = wanted
        setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    }

    /// The limit itself.
    static var count: Int { Int(clamping: limit.rlim_cur) }

    /// Files that could still be opened when this was first read, before libdispatch and the event loops opened theirs.
    static let leftAtStart = left

    /// Files that can still be opened.
    private static var left: Int {
        (0..<CInt(clamping: min(limit.rlim_cur, maximumCount))).count { fcntl($0, F_GETFD) < 0 }
    }

    private static var limit: rlimit {
        var limit = rlimit()
        getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        return limit
    }
}

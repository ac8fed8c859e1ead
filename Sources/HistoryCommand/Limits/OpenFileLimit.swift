import Glibc

/// How many files, sockets among them, this process may have open (`ulimit -n`).
enum OpenFileLimit {
    /// More than any collection needs; some systems allow a billion, and each program that is started would have to look through them.
    private static let enough: rlim_t = 16_384

    /// Takes what the system grants: the limit that programs start with is the lower of two, for the sake of programs that use `select`.
    static func raise() {
        var limit = limit
        let wanted = min(limit.rlim_max, enough)
        guard limit.rlim_cur < wanted else { return }
        limit.rlim_cur = wanted
        setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    }

    /// The limit itself.
    static var count: Int { Int(clamping: limit.rlim_cur) }

    /// Files that could still be opened when this was first asked: before libdispatch and the event loops had opened theirs.
    static let leftAtStart = left

    /// Files that may still be opened.
    private static var left: Int {
        (0..<CInt(clamping: min(limit.rlim_cur, enough))).count { fcntl($0, F_GETFD) < 0 }
    }

    private static var limit: rlimit {
        var limit = rlimit()
        getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        return limit
    }
}

import Glibc

/// What ends the process when, in spite of `SystemResources`, memory runs out under a limit: exit code 71 and one line, where Swift's
/// runtime would end it by a trap.
enum MemoryExhaustion {
    /// If so much cannot be had, it is memory that a trap is about.
    private static let probe = 16 << 20

    /// Where the memory of this process is limited.
    static func exitOrderly() {
        guard isLimited else { return }
        for signal in [SIGILL, SIGTRAP, SIGABRT] {
            Glibc.signal(signal) { signal in
                // Nothing here may allocate memory.
                let memory = mmap(
                    nil, MemoryExhaustion.probe, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
                if memory == MAP_FAILED {
                    let line: StaticString =
                        "history: the memory that this process may have is used up; raise the limits on it (ulimit -v, ulimit -d)\n"
                    _ = write(STDERR_FILENO, line.utf8Start, line.utf8CodeUnitCount)
                    _exit(ExitStatus.noResources.rawValue)
                }
                // Another fault: it ends the process as it would have.
                Glibc.signal(signal, SIG_DFL)
                raise(signal)
            }
        }
    }

    private static var isLimited: Bool {
        [RLIMIT_AS, RLIMIT_DATA].contains { resource in
            var limit = rlimit()
            getrlimit(__rlimit_resource_t(resource.rawValue), &limit)
            return limit.rlim_cur < rlim_t.max
        }
    }
}

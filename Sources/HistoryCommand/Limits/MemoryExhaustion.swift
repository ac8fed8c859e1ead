import Glibc

/// Ends the process with exit code 71 and one line if memory runs out under a limit in spite of `SystemResources`; Swift's
/// runtime would crash.
enum MemoryExhaustion {
    /// Bytes. If this much cannot be allocated, lack of memory caused the trap.
    private static let probe = 16 << 20

    /// Takes effect only if the memory of this process is limited.
    static func exitOrderly() {
        guard isLimited else { return }
        for signal in [SIGILL, SIGTRAP, SIGABRT] {
            Glibc.signal(signal) { signal in
                // Nothing here may allocate memory.
                let memory = mmap(
                    nil, MemoryExhaustion.probe, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
                if memory == MAP_FAILED {
                    let line: StaticString =
                        "history: this process has used up the memory that it may have; raise the limits (ulimit -v, ulimit -d)\n"
                    _ = write(STDERR_FILENO, line.utf8Start, line.utf8CodeUnitCount)
                    _exit(ExitStatus.noResources.rawValue)
                }
                // Another fault: let it crash the process as usual.
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

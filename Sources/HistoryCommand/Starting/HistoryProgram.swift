import Glibc
import Malloc

/// The start of the process: everything that must be set up before any other thread exists.
@main
enum HistoryProgram {
    static func main() {
        StandardDescriptors.fill()
        // A failed write shows that a reader has gone. The signal is not ignored, because started programs would inherit that.
        signal(SIGPIPE, goOn)
        // The same for a write beyond the limit on the size of files.
        signal(SIGXFSZ, goOn)
        // Otherwise Swift's threads tell syslog, in each run of a user other than root, that they may not raise their priority.
        setenv("LIBDISPATCH_LOG", "NO", 0)
        OpenFileLimit.raise()
        limitMemory()
        MemoryExhaustion.exitOrderly()
        History.run()
    }

    /// Makes the allocator return memory: by default it keeps a pool for each thread, and the memory of large answers.
    private static func limitMemory() {
        mallopt(M_ARENA_MAX, 2)
        mallopt(M_MMAP_THRESHOLD, 128 << 10)
        mallopt(M_TRIM_THRESHOLD, 256 << 10)
    }
}

/// Handles a signal by doing nothing. Not a closure in `main`: that would be bound to the main thread, and crash on any other.
private func goOn(_: Int32) {}

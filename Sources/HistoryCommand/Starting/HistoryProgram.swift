import Glibc
import Malloc

/// Where the process begins: what has to be settled before any other thread is there.
@main
enum HistoryProgram {
    static func main() {
        StandardDescriptors.fill()
        // A reader that goes away is told by the write that fails. Not ignored, as that would pass on to programs that are started.
        signal(SIGPIPE, goOn)
        OpenFileLimit.raise()
        limitMemory()
        MemoryExhaustion.exitOrderly()
        History.run()
    }

    /// Has the allocator give memory back: by itself it keeps a pool for each thread, and what large answers took.
    private static func limitMemory() {
        mallopt(M_ARENA_MAX, 2)
        mallopt(M_MMAP_THRESHOLD, 128 << 10)
        mallopt(M_TRIM_THRESHOLD, 256 << 10)
    }
}

/// Takes a signal that tells nothing. No closure of `main`: that would be bound to the main thread, and end the process on any other.
private func goOn(_: Int32) {}

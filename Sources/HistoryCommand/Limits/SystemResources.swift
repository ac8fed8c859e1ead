import Foundation
import GuestCustomization
import NIOCore

/// Threads, memory and files that a command must be able to get. Swift's runtime, libdispatch and NIO crash or wait
/// for ever if the system refuses them, so they are requested beforehand.
struct SystemResources {
    /// Threads at one time: those that tasks share, one for each processor; the event loops; and some of libdispatch's, NIO's
    /// and ours.
    var threads: Int
    /// Bytes.
    var memory: Int
    var files: Int

    /// Event loops shared by all vCenters. One serves hundreds of connections.
    private static let maximumEventLoops = 4
    /// Threads that look up host names.
    private static let lookUpThreads = 2
    private static let otherThreads = 8

    /// For commands that read a history and write a report, all on one thread.
    static let reading = SystemResources(threads: 0, memory: 64 << 20, files: 8)

    /// For commands that talk to vCenters, or simulate one.
    static var network: SystemResources {
        SystemResources(
            threads: ProcessInfo.processInfo.activeProcessorCount + eventLoops + lookUpThreads + otherThreads,
            memory: 128 << 20, files: ConnectionShare.reserved + ConnectionShare.filesPerConnection)
    }

    private static var eventLoops: Int { min(ProcessInfo.processInfo.activeProcessorCount, maximumEventLoops) }

    /// Limits NIO to the threads counted here. Must be called before it starts any.
    static func limitThreads() {
        NIOSingletons.groupLoopCountSuggestion = eventLoops
        NIOSingletons.blockingPoolThreadCountSuggestion = lookUpThreads
    }

    /// Requests all of it from the system at once, and returns it.
    ///
    /// - Throws: `HistoryError`, 71.
    func require() throws {
        guard OpenFileLimit.leftAtStart >= files else {
            throw HistoryError(
                .noResources, about: "this process may open only \(OpenFileLimit.count) files, which is too few",
                "it needs \(files) more than it has open", advice: "raise the limit (ulimit -n)")
        }
        let reserved = mmap(nil, memory, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
        guard let reserved, reserved != MAP_FAILED else {
            throw HistoryError(
                .noResources, about: "the system refuses the memory that may be needed, \(memory >> 20) MiB",
                String(cString: strerror(errno)), advice: "raise the limits (ulimit -v, ulimit -d)")
        }
        defer { munmap(reserved, memory) }
        try ThreadProbe.start(threads)
    }
}

/// Threads that are started only to see whether the system allows them.
private enum ThreadProbe {
    static func start(_ count: Int) throws {
        // Each waits until all have started.
        let gate = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
        pthread_mutex_init(gate, nil)
        pthread_mutex_lock(gate)
        var threads: [pthread_t] = []
        var refusal: Int32 = 0
        while threads.count < count, refusal == 0 {
            var thread = pthread_t()
            refusal = pthread_create(
                &thread, nil,
                { gate in
                    guard let gate = gate?.assumingMemoryBound(to: pthread_mutex_t.self) else { return nil }
                    pthread_mutex_lock(gate)
                    pthread_mutex_unlock(gate)
                    return nil
                }, gate)
            if refusal == 0 { threads.append(thread) }
        }
        pthread_mutex_unlock(gate)
        for thread in threads { pthread_join(thread, nil) }
        pthread_mutex_destroy(gate)
        gate.deallocate()
        guard refusal == 0 else {
            throw HistoryError(
                .noResources,
                about: "the system starts only \(threads.count) of the \(count) threads that may be needed",
                String(cString: strerror(refusal)),
                advice: "raise the limits on processes and memory (ulimit -u, ulimit -v, ulimit -d)")
        }
    }
}

import Foundation
import Synchronization

/// SIGINT, SIGTERM and SIGHUP: how a person, cron, systemd or a closing terminal asks a command to stop.
///
/// A separate thread handles them, so busy threads cannot delay them. A second signal ends the process at once,
/// like SIGKILL: what is committed is safe, and the vCenter's session is left to expire.
enum StopSignal {
    /// Milliseconds within which a second signal counts as the same request: `timeout` and a closing terminal both send two.
    fileprivate static let sameRequest: Int64 = 100

    /// Waits for a stop signal.
    static func wait() async {
        await withCheckedContinuation { continuation in hear { continuation.resume() } }
    }

    /// Runs `operation` in a task that is cancelled when a stop signal comes; returns its result, and the number of the signal, if
    /// one came.
    static func cancelling<Value: Sendable>(
        _ operation: @escaping @Sendable () async throws -> Value
    ) async throws -> (Value, Int32?) {
        let task = Task(operation: operation)
        hear { task.cancel() }
        let value = try await task.value
        let signal = first.load(ordering: .acquiring)
        return (value, signal == 0 ? nil : signal)
    }

    /// Calls `act` when the first stop signal comes. Call it once per process.
    private static func hear(_ act: @escaping @Sendable () -> Void) {
        sem_init(arrival, 0, 0)
        // Whatever a signal handler uses must exist beforehand.
        _ = (first.load(ordering: .relaxed), firstAt.load(ordering: .relaxed))
        Thread.detachNewThread {
            while sem_wait(arrival) != 0 {}
            act()
        }
        var action = sigaction()
        action.__sigaction_handler.sa_handler = noteArrival
        action.sa_flags = SA_RESTART
        for signal in [SIGINT, SIGTERM, SIGHUP] where signal != SIGHUP || !isIgnored(signal) {
            sigaction(signal, &action, nil)
        }
    }

    /// nohup makes a process ignore it.
    private static func isIgnored(_ signal: Int32) -> Bool {
        var action = sigaction()
        return sigaction(signal, nil, &action) == 0
            && unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self) == 1
    }
}

/// The number of the first signal; 0 until one comes.
private let first = Atomic<Int32>(0)
/// Milliseconds of the monotonic clock.
private let firstAt = Atomic<Int64>(0)
private nonisolated(unsafe) let arrival = UnsafeMutablePointer<sem_t>.allocate(capacity: 1)

/// Runs in a signal handler: nothing here may allocate memory or wait.
private func noteArrival(_ signal: Int32) {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    let now = Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
    if first.compareExchange(expected: 0, desired: signal, ordering: .acquiringAndReleasing).exchanged {
        firstAt.store(now, ordering: .releasing)
        sem_post(arrival)
    } else if now - firstAt.load(ordering: .acquiring) > StopSignal.sameRequest {
        _exit(128 + signal)
    }
}

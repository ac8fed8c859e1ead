import Glibc
import UnixSignals

/// SIGINT, SIGTERM and SIGHUP: how a person, cron, systemd or a terminal that goes away asks a command to stop.
enum StopSignal {
    /// Waits for one of them.
    static func wait() async {
        for await _ in await signals { return }
    }

    private static var signals: UnixSignalsSequence {
        get async {
            var action = sigaction()
            // nohup has it ignored.
            let isIgnored =
                sigaction(SIGHUP, nil, &action) == 0
                && unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self) == 1
            return await UnixSignalsSequence(trapping: isIgnored ? [.sigint, .sigterm] : [.sigint, .sigterm, .sighup])
        }
    }

    /// Runs `operation` in a task that is cancelled when one of them comes; returns its result, and which came, if one did.
    static func cancelling<Value: Sendable>(
        _ operation: @escaping @Sendable () async throws -> Value
    ) async throws -> (Value, UnixSignal?) {
        let signals = await signals
        let task = Task(operation: operation)
        let watch = Task { () -> UnixSignal? in
            for await signal in signals {
                task.cancel()
                return signal
            }
            return nil
        }
        let result = await task.result
        watch.cancel()
        return (try result.get(), await watch.value)
    }
}

import UnixSignals

/// SIGINT and SIGTERM: how a person, cron or systemd asks a command to stop.
enum StopSignal {
    /// Waits for one of them.
    static func wait() async {
        for await _ in await UnixSignalsSequence(trapping: .sigint, .sigterm) { return }
    }

    /// Runs `operation` in a task that is cancelled when one of them comes; returns its result, and which came, if one did.
    static func cancelling<Value: Sendable>(
        _ operation: @escaping @Sendable () async throws -> Value
    ) async throws -> (Value, UnixSignal?) {
        let signals = await UnixSignalsSequence(trapping: .sigint, .sigterm)
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

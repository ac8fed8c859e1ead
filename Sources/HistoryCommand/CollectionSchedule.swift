import Foundation

/// Passes at a fixed interval until the task is cancelled.
///
/// The interval counts from the first pass on, so that passes never drift; one that takes longer leaves the next ones out.
struct CollectionSchedule {
    let interval: Duration
    let output: OutputOptions

    /// A pass that fails is told of, and the next one tries again; one that returns `false` is the last.
    func run(_ pass: () async throws -> Bool) async {
        let systemd = ServiceNotification()
        systemd.notify("READY=1")
        let heartbeat = systemd.heartbeat()
        defer { heartbeat?.cancel() }
        let began = ContinuousClock.now
        while !Task.isCancelled {
            do {
                guard try await pass() else { break }
            } catch {
                output.say(.error, error.asCommandFailure.message)
            }
            let passed = (ContinuousClock.now - began) / interval
            try? await Task.sleep(until: began + interval * (passed.rounded(.down) + 1), clock: .continuous)
        }
        systemd.notify("STOPPING=1")
    }
}

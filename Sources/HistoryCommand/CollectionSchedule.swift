import Foundation

/// Passes at a fixed interval until the task is cancelled.
///
/// The interval counts from the first pass on, so that passes never drift; one that takes longer leaves the next ones out.
struct CollectionSchedule {
    let interval: Duration

    /// A pass that returns `false` is the last.
    func run(_ pass: () async -> Bool) async {
        let systemd = ServiceNotification()
        systemd.notify("READY=1")
        let heartbeat = systemd.heartbeat()
        defer { heartbeat?.cancel() }
        let began = ContinuousClock.now
        while !Task.isCancelled {
            guard await pass() else { break }
            let passed = (ContinuousClock.now - began) / interval
            try? await Task.sleep(until: began + interval * (passed.rounded(.down) + 1), clock: .continuous)
        }
        systemd.notify("STOPPING=1")
    }
}

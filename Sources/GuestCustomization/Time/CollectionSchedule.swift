/// Passes at a fixed interval until the task is cancelled.
///
/// The interval counts from the first pass, so that passes never drift; a pass that takes longer skips the ones it overlaps.
package struct CollectionSchedule: Sendable {
    private let interval: Duration
    private let clock: SteadyClock
    private let progress: ProgressSignal?

    /// - Parameter progress: Told, while the next pass is waited for, that nothing hangs.
    package init(every interval: Duration, by clock: SteadyClock, progress: ProgressSignal? = nil) {
        self.interval = interval
        self.clock = clock
        self.progress = progress
    }

    /// Runs `pass` at once and then at each interval; returns when the task is cancelled.
    package func run(_ pass: () async -> Void) async {
        let began = clock.now()
        while !Task.isCancelled {
            await pass()
            let passed = ((clock.now() - began) / interval).rounded(.down)
            await wait(until: began + interval * (passed + 1))
        }
    }

    private func wait(until next: Duration) async {
        while !Task.isCancelled, clock.now() < next {
            progress?.note()
            let left = next - clock.now()
            try? await clock.sleep(for: progress.map { min($0.interval, left) } ?? left)
        }
        progress?.note()
    }
}

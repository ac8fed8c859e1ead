/// Passes at a fixed interval until the task is cancelled.
///
/// The interval counts from the first pass, so that passes never drift; a pass that takes longer skips the ones it overlaps.
package struct CollectionSchedule<C: Clock<Duration>>: Sendable {
    private let interval: Duration
    private let clock: C
    private let progress: ProgressSignal<C>?

    /// - Parameter progress: Told, while the next pass is waited for, that nothing hangs.
    package init(every interval: Duration, by clock: C, telling progress: ProgressSignal<C>? = nil) {
        self.interval = interval
        self.clock = clock
        self.progress = progress
    }

    /// Runs `pass` at once and then at each interval; returns when the task is cancelled.
    package func run(_ pass: () async -> Void) async {
        let began = clock.now
        while !Task.isCancelled {
            await pass()
            let passed = (began.duration(to: clock.now) / interval).rounded(.down)
            await wait(until: began.advanced(by: interval * (passed + 1)))
        }
    }

    private func wait(until next: C.Instant) async {
        while !Task.isCancelled, clock.now < next {
            progress?.note()
            let step = progress.map { clock.now.advanced(by: $0.interval) } ?? next
            try? await clock.sleep(until: min(step, next), tolerance: nil)
        }
        progress?.note()
    }
}

import Synchronization

extension Collector {
    /// A pass that is cut short when its time limit expires, and records that in its runs.
    ///
    /// - Parameters:
    ///   - limit: What a run may take; `nil` for as long as it takes.
    ///   - left: What is left of it; `nil` for all.
    package func collect(
        _ endpoints: [Endpoint], _ scope: Scope, within limit: Duration?, leaving left: Duration? = nil,
        by clock: some Clock<Duration>
    ) async throws -> [CollectionSummary] {
        guard let limit else { return try await collect(endpoints, scope) }
        let timeIsOver = TimeIsOver(limit: limit)
        var limited = self
        limited.timeIsOver = timeIsOver
        let pass = Task { [limited] in try await limited.collect(endpoints, scope) }
        @Sendable func end() {
            timeIsOver.isTrue.store(true, ordering: .releasing)
            pass.cancel()
        }
        let left = left ?? limit
        // At once, so that nothing fails for another reason before.
        if left <= .zero { end() }
        let timer = Task {
            try await clock.sleep(until: clock.now.advanced(by: left), tolerance: nil)
            end()
        }
        defer { timer.cancel() }
        return try await withTaskCancellationHandler {
            try await pass.value
        } onCancel: {
            pass.cancel()
        }
    }

    /// Whether it was the end of a run's time that stopped it, and no signal.
    final class TimeIsOver: Sendable {
        let limit: Duration
        let isTrue = Atomic(false)

        init(limit: Duration) {
            self.limit = limit
        }

        /// Why the run of `summary` was cut short; `nil` if that was for another reason.
        func reason(_ summary: CollectionSummary) -> String? {
            guard isTrue.load(ordering: .acquiring) else { return nil }
            let (done, all) = (summary.polled, summary.virtualMachines)
            let reached =
                done > 0
                ? "\(done) of \(all) VMs were polled"
                : all > 0 ? "none of \(all) VMs was polled" : "the list of VMs was not there yet"
            return "the time of \(limit.text) that a run may take was over; \(reached)"
        }
    }
}

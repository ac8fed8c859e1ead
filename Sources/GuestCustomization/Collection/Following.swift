/// Polls the customizations that a pass found under way, until they have finished or their time is over.
package struct Following: Sendable {
    /// Pause between two polls of a customization that is followed.
    package static let interval = Duration.seconds(5)

    private let limit: Duration
    private let runLimit: Duration?
    private let collector: Collector
    private let clock: SteadyClock

    /// - Parameters:
    ///   - limit: How long they are polled.
    ///   - runLimit: What one of its runs may take; `nil` for as long as it takes.
    package init(for limit: Duration, runLimit: Duration?, with collector: Collector, by clock: SteadyClock) {
        self.limit = limit
        self.runLimit = runLimit
        self.collector = collector
        self.clock = clock
    }

    /// Returns how many are still under way when the time is over; none if all have finished, or the task is cancelled.
    ///
    /// A VM that gives no answer meanwhile may still have one under way, and is polled again.
    ///
    /// - Parameters:
    ///   - summaries: The runs of the pass.
    ///   - noteProgress: Called after each pause.
    ///   - add: Takes each further run.
    /// - Throws: What the recorder throws.
    package func run(
        after summaries: [CollectionSummary], noteProgress: () -> Void, _ add: (CollectionSummary) -> Void
    ) async throws -> Int {
        var unfinished = summaries.filter { !$0.unfinished.isEmpty }.map { ($0.endpoint, vms: $0.unfinished) }
        let end = clock.now() + limit
        while !unfinished.isEmpty, !Task.isCancelled {
            guard clock.now() + Self.interval < end else { return unfinished.reduce(0) { $0 + $1.vms.count } }
            try? await clock.sleep(for: Self.interval)
            if Task.isCancelled { break }
            noteProgress()
            var rest: [(Endpoint, vms: [VirtualMachine])] = []
            for (endpoint, vms) in unfinished {
                for summary in try await collector.collect([endpoint], .only(vms), within: runLimit) {
                    add(summary)
                    let left = summary.polled < vms.count ? vms : summary.unfinished + summary.unanswered
                    if summary.failure?.isFinal != true, !left.isEmpty { rest.append((endpoint, left)) }
                }
            }
            unfinished = rest
        }
        return 0
    }
}

extension HistoryError {
    /// Whether the next pass would end the same way.
    fileprivate var isFinal: Bool {
        switch code {
        case .loginRefused, .loginWithheld, .loginJustRefused, .endpointMissing, .configuration: true
        default: false
        }
    }
}

extension Collector {
    /// A pass that is cut short when its time limit expires, and records that in its runs.
    ///
    /// - Parameters:
    ///   - limit: What a run may take; `nil` for as long as it takes.
    ///   - left: What is left of it; `nil` for all.
    package func collect(
        _ endpoints: [Endpoint], _ scope: Scope, within limit: Duration?, leaving left: Duration? = nil
    ) async throws -> [CollectionSummary] {
        guard let limit else { return try await collect(endpoints, scope) }
        let rest = TimeLimit(left ?? limit, by: clock)
        var limited = self
        limited.runTime = RunTime(limit: limit, rest: rest)
        return try await rest.run { [limited] in try await limited.collect(endpoints, scope) }
    }

    /// The time of a run that is limited.
    struct RunTime: Sendable {
        let limit: Duration
        /// What was left of it when the run began.
        let rest: TimeLimit

        /// Why the run of `summary` was cut short; `nil` if that was for another reason.
        func reason(_ summary: CollectionSummary) -> String? {
            guard rest.isOver else { return nil }
            let (done, all) = (summary.polled, summary.virtualMachines)
            let reached =
                done > 0
                ? "\(done) of \(all) VMs were polled"
                : all > 0 ? "none of \(all) VMs was polled" : "the list of VMs was not there yet"
            return "the run's time limit of \(limit.text) expired; \(reached)"
        }
    }
}

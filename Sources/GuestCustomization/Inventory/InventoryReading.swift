import Synchronization

/// Reads what a vCenter tells about its VMs, once for a pass, while these are polled. What was told before a fault counts.
package final class InventoryReading: Sendable {
    private struct State {
        /// `nil` once it was taken.
        var told: ToldInventory? = ToldInventory()
        var missing: [String: Int] = [:]
    }

    private let state = Mutex(State())
    private let start: EventPosition
    /// Ends with the reading.
    private let progress = AsyncStream<Never>.makeStream()

    /// - Parameter start: Where the events begin that tell from what VMs were made.
    package init(sourcesSince start: EventPosition) { self.start = start }

    /// Reads what each VM is, and then the events that tell from what VMs were made. To be called once, since runs wait for its end.
    ///
    /// - Throws: `endpointMissing` if the vCenter has no VI JSON API.
    package func read(from source: some AttributeSource) async throws {
        defer { progress.continuation.finish() }
        try await source.readAttributes { page in
            self.state.withLock { state in
                state.told?.add(page)
                state.missing.merge(page.missing, uniquingKeysWith: +)
            }
        }
        try await source.readSources(since: start) { sources, end in
            self.state.withLock { $0.told?.add(sources, upTo: end) }
        }
    }

    /// Properties that the vCenter did not tell, by its reason.
    package var missing: [String: Int] { state.withLock { $0.missing } }

    /// What was read, when that is over or the waiting task is cancelled; `nil` once it was taken.
    func told() async -> ToldInventory? {
        for await _ in progress.stream {}
        return state.withLock { $0.told }
    }

    /// The same, and takes it: the runs of a pass record it once.
    func take() async -> ToldInventory? {
        for await _ in progress.stream {}
        return state.withLock { $0.told.take() }
    }
}

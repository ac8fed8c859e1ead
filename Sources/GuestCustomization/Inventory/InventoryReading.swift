import Synchronization

/// Reads what a vCenter tells about its VMs, once for a pass, while these are polled. What was told before a fault counts.
package final class InventoryReading: Sendable {
    private struct State {
        /// `nil` once it was taken.
        var told: ToldInventory? = ToldInventory()
        var missing: [String: Int] = [:]
        var isOver = false
        /// Each ends with the reading.
        var waiting: [AsyncStream<Never>.Continuation] = []
    }

    private let state = Mutex(State())
    private let start: EventPosition

    /// - Parameter start: Where the events begin that tell from what VMs were made.
    package init(sourcesSince start: EventPosition) { self.start = start }

    /// Reads what each VM is, and then the events that tell from what VMs were made. To be called once, since runs wait for its end.
    ///
    /// - Throws: `endpointMissing` if the vCenter has no VI JSON API.
    package func read(from source: some AttributeSource) async throws {
        defer { end() }
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

    private func end() {
        let waiting = state.withLock { state in
            state.isOver = true
            return state.waiting
        }
        for continuation in waiting { continuation.finish() }
    }

    /// Returns when the reading is over or the task is cancelled.
    private func wait() async {
        // Each wait has a stream of its own: one that is cancelled ends for all who iterate over it.
        let (stream, continuation) = AsyncStream<Never>.makeStream()
        let isOver = state.withLock { state in
            state.waiting.append(continuation)
            return state.isOver
        }
        if isOver { continuation.finish() }
        for await _ in stream {}
    }

    /// Properties that the vCenter did not tell, by its reason.
    package var missing: [String: Int] { state.withLock { $0.missing } }

    /// What was read, when that is over or the waiting task is cancelled; `nil` once it was taken.
    func told() async -> ToldInventory? {
        await wait()
        return state.withLock { $0.told }
    }

    /// The same, and takes it: the runs of a pass record it once.
    func take() async -> ToldInventory? {
        await wait()
        return state.withLock { $0.told.take() }
    }
}

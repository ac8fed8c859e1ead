import Synchronization

/// Reads what a vCenter tells about its VMs, once for a pass, while these are polled. What was told before a fault counts.
package final class InventoryReading: Sendable {
    private struct State {
        var told: ToldInventory? = ToldInventory()
        var missing: [String: Int] = [:]
        var isOver = false
        var waiting: [CheckedContinuation<Void, Never>] = []
    }

    private let state = Mutex(State())

    package init() {}

    /// Reads what each VM is, and then the events since a position that tell from what VMs were made. To be called once, since runs wait
    /// for its end.
    ///
    /// - Throws: `endpointMissing` if the vCenter has no VI JSON API.
    package func read(from source: some AttributeSource, sourcesSince start: EventPosition) async throws {
        defer { finish() }
        try await source.readAttributes { page in self.state.withLock { $0.told?.add(page) } }
        try await source.readSources(since: start) { sources, end in
            self.state.withLock { $0.told?.add(sources, upTo: end) }
        }
    }

    private func finish() {
        let waiting = state.withLock { state in
            state.missing = state.told?.missing ?? [:]
            state.isOver = true
            return state.waiting
        }
        for continuation in waiting { continuation.resume() }
    }

    /// Properties that the vCenter did not tell, by its reason, when the reading is over.
    package var missing: [String: Int] { state.withLock { $0.missing } }

    /// What was read, when that is over; `nil` from the second time on: the runs of a pass record it once.
    func take() async -> ToldInventory? {
        await withCheckedContinuation { continuation in
            let isOver = state.withLock { state in
                if !state.isOver { state.waiting.append(continuation) }
                return state.isOver
            }
            if isOver { continuation.resume() }
        }
        return state.withLock { $0.told.take() }
    }
}

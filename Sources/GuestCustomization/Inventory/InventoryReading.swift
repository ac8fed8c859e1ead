import Synchronization

/// Reads what a vCenter tells about its VMs, once for a pass. What was told before a fault counts.
package final class InventoryReading: Sendable {
    private let told: Mutex<ToldInventory?> = Mutex(ToldInventory())

    package init() {}

    /// Reads what each VM is, and then the events since a position that tell from what VMs were made.
    ///
    /// - Throws: `endpointMissing` if the vCenter has no VI JSON API.
    package func read(from source: some AttributeSource, sourcesSince start: EventPosition) async throws {
        try await source.readAttributes { page in self.told.withLock { $0?.add(page) } }
        try await source.readSources(since: start) { sources, end in
            self.told.withLock { $0?.add(sources, upTo: end) }
        }
    }

    /// Properties that the vCenter did not tell, by its reason.
    package var missing: [String: Int] { told.withLock { $0?.missing ?? [:] } }

    /// What was read; `nil` from the second time on: the runs of a pass record it once.
    func take() -> ToldInventory? { told.withLock { $0.take() } }
}

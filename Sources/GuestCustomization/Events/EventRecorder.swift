/// The history as the reader of events sees it.
package protocol EventRecorder: CollectionRecorder {
    /// How far a vCenter's events were read; `nil` if none were.
    func eventProgress(of vCenter: String) async throws -> EventProgress?

    /// Those of some events that are not recorded yet, in the same order.
    func newEvents(among events: [CustomizationEvent], on vCenter: String) async throws -> [CustomizationEvent]

    /// Appends events to a run on `Endpoint.events`, in one transaction with how far they were read.
    func append(_ events: [CustomizationEvent], _ progress: EventProgress, to run: CollectionRunID) async throws

    /// Records how far a vCenter's events were read.
    func record(_ progress: EventProgress, of vCenter: String) async throws
}

/// How far a vCenter's events were read.
package struct EventProgress: Hashable, Sendable {
    /// From where they are read on.
    package var cursor: EventPosition
    /// How often the vCenter had begun to use keys again, because it was restored from a backup.
    package var generation: Int
    /// All events between this instant and the cursor were read; `nil` if all that the vCenter had were.
    package var completeSince: Timestamp?
    /// When they were last read, by this program's clock.
    package var readAt: Timestamp
    /// A reading of older events that has not reached its end; `nil` if there is none.
    package var backfill: Backfill?

    /// A reading of older events.
    package struct Backfill: Hashable, Sendable {
        /// Where it began; `nil` for all events that the vCenter has.
        package var since: Timestamp?
        /// How far it came.
        package var position: EventPosition

        /// - Parameter since: `nil` for all events that the vCenter has.
        package init(since: Timestamp?, position: EventPosition) {
            (self.since, self.position) = (since, position)
        }
    }

    package init(
        cursor: EventPosition, generation: Int = 0, completeSince: Timestamp?, readAt: Timestamp,
        backfill: Backfill? = nil
    ) {
        self.cursor = cursor
        self.generation = generation
        self.completeSince = completeSince
        self.readAt = readAt
        self.backfill = backfill
    }

    /// Whether everything since an instant was read; `nil` asks for all that the vCenter has.
    package func covers(_ since: Timestamp?) -> Bool {
        guard let completeSince else { return true }
        return since.map { $0 >= completeSince } ?? false
    }
}

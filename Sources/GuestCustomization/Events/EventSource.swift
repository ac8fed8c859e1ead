/// A vCenter's events, read page by page.
package protocol EventSource: Sendable {
    /// Reads all events of these types since a position, in the order of their keys, and hands over each page before it asks for the next.
    ///
    /// An event may be handed over that was handed over by an earlier reading, but not twice by one reading: recognise it by
    /// its `id`. Stops at the first error of `take`, and cleans up after itself however it ends.
    ///
    /// - Throws: `endpointMissing` if the vCenter has no VI JSON API; whatever `take` throws.
    func readEvents(
        _ types: [CustomizationEventType], since start: EventPosition,
        take: @escaping @Sendable (EventPage) async throws -> Void
    ) async throws
}

/// How far events have been read. Store that of each page together with its events.
package struct EventPosition: Hashable, Sendable {
    /// The greatest key read; `nil` if none was read yet.
    package var key: Int64?
    /// When the event with that key was created, or, without a key, the first instant to read; `nil` for all that vCenter keeps.
    package var time: Timestamp?

    package init(key: Int64? = nil, time: Timestamp? = nil) {
        self.key = key
        self.time = time
    }
}

/// Some events, and how to go on after them.
package struct EventPage: Hashable, Sendable {
    /// In the order of their keys; never more than a thousand.
    package var events: [CustomizationEvent]
    /// Where the next reading starts.
    package var end: EventPosition
    /// Whether the vCenter's latest event is older than the position that the reading started from: it was restored from a backup, and uses keys
    /// again. The events are read by time then, and begin a new generation of keys.
    package var isRestored: Bool
    /// Elements of the answer that are not readable as events, and were skipped.
    package var unreadable: Int

    package init(events: [CustomizationEvent], end: EventPosition, isRestored: Bool = false, unreadable: Int = 0) {
        self.events = events
        self.end = end
        self.isRestored = isRestored
        self.unreadable = unreadable
    }
}

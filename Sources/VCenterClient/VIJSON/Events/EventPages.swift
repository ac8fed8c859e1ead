import GuestCustomization

/// Turns answers into pages of events: in order, none twice in one reading, with the position to go on from.
struct EventPages: Sendable {
    /// Events of the same reading that are remembered.
    private static let maximumRemembered = 20_000

    let isRestored: Bool
    private(set) var end: EventPosition
    private let now: @Sendable () -> Timestamp
    private var remembered: Set<CustomizationEvent.ID> = []
    /// Of all that are no longer remembered.
    private var greatestForgotten = Int64.min
    private var greatest = Int64.min

    init(since start: EventPosition, isRestored: Bool, now: @escaping @Sendable () -> Timestamp) {
        self.isRestored = isRestored
        self.now = now
        end = start
        // The keys of before mean nothing now.
        if isRestored { end.key = nil }
    }

    struct Answer: Sendable {
        var events: [CustomizationEvent]
        var unreadable: Int
        var isEmpty: Bool { events.isEmpty && unreadable == 0 }
    }

    /// Reads an answer: an array of events, or nothing.
    static func read(_ body: [UInt8]) async throws(VIError) -> Answer {
        try await VIRequests.read(body) { body in
            if body.isEmpty || body.starts(with: "null".utf8) { return Answer(events: [], unreadable: 0) }
            guard let slices = JSONElements.slices(of: body), slices.count <= 10 * EventQuery.maximumPage else {
                return nil
            }
            let events = slices.compactMap(CustomizationEvent.init(json:))
            return Answer(events: events, unreadable: slices.count - events.count)
        }
    }

    /// The next pages; none if the answer has nothing new. A server may send more than it was asked for.
    mutating func pages(_ answer: Answer) -> [EventPage] {
        var events: [CustomizationEvent] = []
        for event in answer.events.sorted(by: { $0.key < $1.key }) where note(event) { events.append(event) }
        var pages = events.chunks(of: EventQuery.maximumPage).map { page($0) }
        if pages.isEmpty, answer.unreadable > 0 { pages = [page([])] }
        if let last = pages.indices.last { pages[last].unreadable = answer.unreadable }
        return pages
    }

    private mutating func page(_ events: [CustomizationEvent]) -> EventPage {
        for event in events where event.key >= end.key ?? .min {
            end.key = event.key
            // A time in the future would hide all events until then.
            if let time = event.createdAt { end.time = min(time, now()) }
        }
        return EventPage(events: events, end: end, isRestored: isRestored)
    }

    /// Goes on after a key up to which there is nothing to see. Returns a page without events, to keep the position.
    mutating func skip(to key: Int64) -> EventPage {
        end.key = max(key, end.key ?? key)
        return EventPage(events: [], end: end, isRestored: isRestored)
    }

    private mutating func note(_ event: CustomizationEvent) -> Bool {
        guard event.key > greatestForgotten, remembered.insert(event.id).inserted else { return false }
        greatest = max(greatest, event.key)
        if remembered.count > Self.maximumRemembered {
            // A reading gets them in the order of their keys, so the greatest is the last one.
            greatestForgotten = greatest
            remembered = []
        }
        return true
    }
}

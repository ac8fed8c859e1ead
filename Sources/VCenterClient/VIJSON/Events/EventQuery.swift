import GuestCustomization

/// What events to read, and in pages of which size. Source: docs/vcenter-api.md, "Events".
struct EventQuery: Sendable {
    /// vCenter answers InvalidArgument to more.
    static let maximumPage = 1000
    /// Where a server does not take a thousand.
    static let cautiousPage = 100

    let types: [CustomizationEventType]
    /// The first instant to read; always set, since reading without it times out on a large event table.
    var begin: Timestamp
    var page = maximumPage
    /// Whether events have their messages.
    var hasMessages = true

    /// The first instant to read if all events are wanted.
    static let allTime = Timestamp(unixMilliseconds: 0)

    var filter: JSONValue {
        [
            "_typeName": "EventFilterSpec",
            "time": ["_typeName": "EventFilterSpecByTime", "beginTime": .string(begin.rfc3339)],
            "disableFullMessage": .bool(!hasMessages),
            "eventTypeId": .array(types.map { .string($0.rawValue) }),
            "maxCount": .number(String(page)),
        ]
    }

    /// Makes the next answer smaller. Returns whether that was possible.
    mutating func shrink() -> Bool {
        if page > 1 {
            page = max(1, page / 8)
        } else if hasMessages {
            hasMessages = false
        } else {
            return false
        }
        return true
    }

    /// Goes back to large answers, step by step.
    mutating func grow() {
        hasMessages = true
        page = min(page * 2, Self.maximumPage)
    }

    /// Adapts to an error about the size of a page. Returns whether another attempt may succeed.
    mutating func adapt(to error: VIError) -> Bool {
        if case .tooLarge = error { return shrink() }
        guard error.kind == .invalidArgument, page > Self.cautiousPage else { return false }
        page = Self.cautiousPage
        return true
    }
}

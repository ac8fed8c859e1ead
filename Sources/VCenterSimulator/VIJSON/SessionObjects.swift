import Synchronization

/// What clients have created in their sessions: it ends with them.
final class SessionObjects: Sendable {
    /// Collectors that a session may have.
    static let maximumCollectors = 32

    /// An `EventHistoryCollector`: a filter and a place in the log.
    struct Collector {
        let filter: EventFilter
        var place: Int
    }
    /// The rest of an answer in parts.
    struct Remainder {
        var objects: [InventoryObject]
        let paths: [String: [String]]
        let maximumCount: Int
    }
    /// What one session has.
    struct Owned {
        var collectors: [String: Collector] = [:]
        var views: [String: [InventoryObject]] = [:]
        var remainders: [String: Remainder] = [:]
        var nextToken = 0
    }
    private let sessions = Mutex<[String: Owned]>([:])

    func with<Result: Sendable>(
        _ session: String, _ body: (inout Owned) throws(VIFault) -> Result
    ) throws(VIFault) -> Result {
        try sessions.withLock { (sessions) throws(VIFault) -> Result in try body(&sessions[session, default: Owned()]) }
    }

    /// Forgets what sessions had that are no longer open.
    func removeAll(where isEnded: (_ session: String) -> Bool) {
        sessions.withLock { sessions in sessions = sessions.filter { !isEnded($0.key) } }
    }

    /// Lets all collectors vanish, as vCenter does with those that nobody used for a while.
    func removeCollectors() {
        sessions.withLock { sessions in
            for session in sessions.keys { sessions[session]?.collectors = [:] }
        }
    }

    /// All collectors of all sessions.
    var collectorCount: Int { sessions.withLock { $0.values.reduce(0) { $0 + $1.collectors.count } } }

    /// All views of all sessions.
    var viewCount: Int { sessions.withLock { $0.values.reduce(0) { $0 + $1.views.count } } }
}

import GuestCustomization

/// Reads events: by key from 9.0 on, with a collector before.
struct EventReading: Sendable {
    let requests: VIRequests
    let content: VIContent
    let types: [CustomizationEventType]
    let now: @Sendable () -> Timestamp
    let take: @Sendable (EventPage) async throws -> Void

    /// No vCenter keeps so many; a server that never ends is left alone until the next run.
    static let maximumPages = 100_000
    /// How far a vCenter's clock may have been set back between two events, in seconds. Keys leave out what was read before.
    static let overlapByKey = 86_400.0
    /// The same where everything in it is read again.
    static let overlapByTime = 3_600.0

    func read(since start: EventPosition) async throws {
        let isRestored = try await isRestored(since: start)
        let pages = EventPages(since: start, isRestored: isRestored, now: now)
        if requests.release >= .withEventViews {
            do {
                return try await readByKey(since: start, pages)
            } catch let error as VIError
                where [.notSupported, .notImplemented, .invalidRequest].contains(error.kind) || error == .missing
            {
                // It says that it cannot before it has sent a page.
            }
        }
        try await CollectorReading(reading: self).read(since: start, pages)
    }

    /// Whether the vCenter's latest event is older than those read before.
    private func isRestored(since start: EventPosition) async throws -> Bool {
        guard let key = start.key else { return false }
        let body: [UInt8]
        do throws(VIError) {
            body = try await requests.property(content.eventManager, "latestEvent")
        } catch {
            // It may not be shown to every account.
            if error.kind != nil || error == .missing { return false }
            throw error
        }
        guard let latest = JSONReader.value(of: body)?["key"]?.integer else { return false }
        return latest < key
    }

    private func readByKey(since start: EventPosition, _ pages: EventPages) async throws {
        var pages = pages
        let begin = start.time.map { $0.advanced(bySeconds: start.key == nil ? 0 : -Self.overlapByKey) }
        var query = EventQuery(types: types, begin: max(begin ?? EventQuery.allTime, EventQuery.allTime))
        for _ in 0..<Self.maximumPages {
            try Task.checkCancellation()
            let before = pages.end.key ?? 0
            let view: JSONValue = [
                "_typeName": "EventManagerViewByStartId", "startEventId": .number(String(before)), "isForward": true,
            ]
            let body: [UInt8]
            do throws(VIError) {
                body = try await requests.call(
                    content.eventManager, "QueryEvents", ["filter": query.filter, "eventViewSpec": view],
                    limit: VIRequests.bodyLimit)
            } catch {
                guard query.adapt(to: error) else { throw error }
                continue
            }
            let answer = try await EventPages.read(body)
            guard !answer.isEmpty, let page = pages.page(answer) else { return }
            try await take(page)
            guard pages.end.key ?? 0 > before else {
                if page.unreadable > 0 {
                    throw VIError.unreadable("\(page.unreadable) events are not what vCenter documents")
                }
                return
            }
            query.grow()
        }
    }
}

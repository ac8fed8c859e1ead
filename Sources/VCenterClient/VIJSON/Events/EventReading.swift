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

    /// A fault of vCenters that is known: after 2,147,483,647 events, it numbers them from the least 32-bit integer on.
    private static let overflow =
        "the vCenter's event numbers have overflowed and are negative, a fault of vCenter that its support can mend; until then its newer events are not read"

    /// Empty pages in a row after which the next reading goes on.
    private static let maximumEmpty = 100

    func read(since start: EventPosition) async throws {
        let latest = try await latestKey()
        if let latest, latest < 0 { throw VIError.unreadable(Self.overflow) }
        // The keys of before mean nothing if the latest event is older than those read then.
        let isRestored = if let key = start.key, let latest { latest < key } else { false }
        var pages = EventPages(since: start, isRestored: isRestored, now: now)
        if requests.release >= .withEventViews {
            do {
                return try await readByKey(&pages, upTo: latest ?? 0)
            } catch let error as VIError
                where [.notSupported, .notImplemented, .invalidRequest].contains(error.kind) || error == .missing
            {
                // This vCenter has no such views.
            }
        }
        try await CollectorReading(reading: self).read(&pages)
    }

    /// The key of the vCenter's latest event, of whatever type; `nil` if it does not say.
    private func latestKey() async throws -> Int64? {
        let body: [UInt8]
        do throws(VIError) {
            body = try await requests.property(content.eventManager, "latestEvent", limit: VIRequests.bodyLimit)
        } catch {
            // It may not be shown to every account.
            if error.kind != nil || error == .missing || error == .tooLarge { return nil }
            throw error
        }
        return JSONReader.value(of: body)?["key"]?.integer
    }

    /// - Parameter latest: The key of an event after which none has to be found.
    private func readByKey(_ pages: inout EventPages, upTo latest: Int64) async throws {
        let begin = pages.end.time.map { time in
            pages.end.key == nil && !pages.isRestored ? time : time.advanced(bySeconds: -Self.overlapByKey)
        }
        var query = EventQuery(types: types, begin: max(begin ?? EventQuery.allTime, EventQuery.allTime))
        var (key, empty) = (pages.end.key ?? 0, 0)
        for _ in 0..<Self.maximumPages {
            try Task.checkCancellation()
            guard let answer = try await page(after: key, &query) else { continue }
            if answer.isEmpty {
                // Events that the account may not see are counted, and can fill a page. Then at least so many keys have been looked at.
                guard key + Int64(query.page) < latest, empty < Self.maximumEmpty else { break }
                key += Int64(query.page)
                empty += 1
                continue
            }
            empty = 0
            for page in pages.pages(answer) { try await take(page) }
            guard let end = pages.end.key, end > key else {
                guard answer.unreadable == 0 else {
                    throw VIError.unreadable("\(answer.unreadable) events are not what vCenter documents")
                }
                return
            }
            key = end
            query.grow()
        }
        if key > pages.end.key ?? 0 { try await take(pages.skip(to: key)) }
    }

    /// `nil` if a smaller page is to be asked for.
    private func page(after key: Int64, _ query: inout EventQuery) async throws -> EventPages.Answer? {
        let view: JSONValue = [
            "_typeName": "EventManagerViewByStartId", "startEventId": .number(String(key)), "isForward": true,
        ]
        let body: [UInt8]
        do throws(VIError) {
            body = try await requests.call(
                content.eventManager, "QueryEvents", ["filter": query.filter, "eventViewSpec": view],
                limit: VIRequests.bodyLimit)
        } catch {
            guard query.adapt(to: error) else { throw error }
            return nil
        }
        return try await EventPages.read(body)
    }
}

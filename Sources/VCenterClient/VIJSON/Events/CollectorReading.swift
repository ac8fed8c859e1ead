import GuestCustomization

/// Reads events with collectors, objects of the session that hold a position, and destroys each one however its reading ends.
struct CollectorReading: Sendable {
    let reading: EventReading
    private var requests: VIRequests { reading.requests }

    /// Collectors in a row that may vanish or break without a new event.
    private static let maximumFailures = 5
    /// Empty answers in a row that mean the end: events that the account may not see are counted, and can fill a page
    /// (vmware/govmomi issue 3450).
    private static let emptyAtEnd = 3

    func read(_ pages: inout EventPages) async throws {
        var query = EventQuery(types: reading.types, begin: begin(pages))
        var failures = 0
        while true {
            let before = pages.end
            let collector = try await create(query)
            do {
                try await drain(collector, &query, &pages)
                await requests.destroy(collector, by: "DestroyCollector")
                return
            } catch {
                await requests.destroy(collector, by: "DestroyCollector")
                failures = pages.end == before ? failures + 1 : 1
                guard let error = error as? VIError, failures <= Self.maximumFailures * 4,
                    query.adapt(to: error) || (error.mayPassWithNewObject && failures <= Self.maximumFailures)
                else { throw error }
                query.begin = begin(pages)
            }
        }
    }

    private func begin(_ pages: EventPages) -> Timestamp {
        let isRepeated = pages.end.key != nil || pages.isRestored
        let time = pages.end.time?.advanced(bySeconds: isRepeated ? -EventReading.overlapByTime : 0)
        return max(time ?? EventQuery.allTime, EventQuery.allTime)
    }

    private func create(_ query: EventQuery) async throws -> VIReference {
        let body = try await requests.call(
            reading.content.eventManager, "CreateCollectorForEvents", ["filter": query.filter])
        guard let collector = VIReference(wire: JSONReader.value(of: body)) else {
            throw VIError.unreadable("the vCenter did not name the collector of events that it made")
        }
        return collector
    }

    private func drain(_ collector: VIReference, _ query: inout EventQuery, _ pages: inout EventPages) async throws {
        var empty = 0
        for _ in 0..<EventReading.maximumPages {
            try Task.checkCancellation()
            // Not repeated: the position on the server has moved, even if the answer is lost.
            let body = try await requests.call(
                collector, "ReadNextEvents", ["maxCount": .number(String(query.page))], limit: VIRequests.bodyLimit,
                isRepeated: false)
            let answer = try await EventPages.read(body)
            guard !answer.isEmpty else {
                empty += 1
                if empty >= Self.emptyAtEnd { return }
                continue
            }
            empty = 0
            // Nothing new is no end: another collector reads again what was read before.
            for page in pages.pages(answer) { try await reading.take(page) }
            if query.hasMessages { query.grow() }
        }
    }
}

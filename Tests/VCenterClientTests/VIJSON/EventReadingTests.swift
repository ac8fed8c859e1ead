import GuestCustomization
import Testing

@testable import VCenterClient

@Suite struct EventReadingTests {
    private func read(
        _ server: ScriptedVI, _ release: String = "9.0.0.0", since start: EventPosition = EventPosition(),
        take: @escaping @Sendable (EventPage) throws -> Void = { _ in }
    ) async throws -> [EventPage] {
        let pages = Taken<EventPage>()
        try await server.client(release).readEvents(CustomizationEventType.ofCustomizations, since: start) { page in
            try take(page)
            pages.add([page])
        }
        return pages.all
    }

    /// Answers QueryEvents from these keys, at most as many as asked.
    private func byKey(_ keys: ClosedRange<Int>, _ arguments: JSONValue) -> HTTPAnswer {
        let after = Int(arguments["eventViewSpec"]?["startEventId"]?.integer ?? 0)
        let count = Int(arguments["filter"]?["maxCount"]?.integer ?? 0)
        return ScriptedVI.events(Array(keys.filter { $0 > after }.prefix(count)))
    }

    @Test func `all events come once, in order, each kept as it was written`() async throws {
        let server = ScriptedVI { [self] _, arguments, _ in byKey(1...2500, arguments) }
        let pages = try await read(server)
        #expect(pages.map(\.events.count) == [1000, 1000, 500])
        let events = pages.flatMap(\.events)
        #expect(events.map(\.key) == Array(1...2500))
        #expect(String(decoding: events[41].json, as: UTF8.self) == ScriptedVI.event(42))
        #expect(events[41].vm?.id == "vm-42" && pages.last?.end.key == 2500)
    }

    @Test func `pages that are too large or refused are asked for in smaller ones`() async throws {
        let server = ScriptedVI { [self] _, arguments, _ in
            let count = arguments["filter"]?["maxCount"]?.integer ?? 0
            if count > 500 { return ScriptedVI.fault("InvalidArgument") }
            return count > 40 ? ScriptedVI.answer("[", isCut: true) : byKey(1...200, arguments)
        }
        #expect(try await read(server).flatMap(\.events).map(\.key) == Array(1...200))
    }

    @Test func `a server that repeats itself is not asked for ever`() async throws {
        let server = ScriptedVI { _, _, _ in ScriptedVI.events([1, 2, 2, 1]) }
        #expect(try await read(server).flatMap(\.events).map(\.key) == [1, 2])
        #expect(server.count("QueryEvents") == 2)
    }

    @Test func `a restored vCenter is read by time`() async throws {
        let server = ScriptedVI { [self] method, arguments, _ in
            method == "latestEvent" ? ScriptedVI.answer(ScriptedVI.event(5)) : byKey(3...5, arguments)
        }
        let start = EventPosition(key: 900, time: Timestamp(rfc3339: "2026-11-01T07:00:00Z"))
        let pages = try await read(server, since: start)
        #expect(pages.map(\.isRestored) == [true] && pages.last?.end.key == 5)
    }

    @Test(arguments: [Int.max, -5]) func `a number that no event has ends the reading`(key: Int) async throws {
        let server = ScriptedVI { method, _, asked in
            method == "latestEvent"
                ? ScriptedVI.answer("{}") : ScriptedVI.events(asked == 1 ? [1, key] : asked == 2 ? [key] : [])
        }
        await #expect(throws: HistoryError.self) { try await read(server) }
    }

    @Test(arguments: ["8.0.3.0", "9.0.0.0"])
    func `a vCenter whose numbers have overflowed is named, and nothing counts as read`(release: String) async throws {
        let server = ScriptedVI { method, _, _ in
            ScriptedVI.answer(method == "latestEvent" ? ScriptedVI.event(-2_147_483_640) : "[]")
        }
        let error = try await #require(throws: HistoryError.self) {
            _ = try await read(server, release, since: EventPosition(key: 2_147_483_640, time: nil))
        }
        #expect(error.message.contains("overflowed"))
    }

    private func collector(
        _ pages: [[Int]], _ trouble: @escaping @Sendable (Int) -> HTTPAnswer? = { _ in nil }
    ) -> ScriptedVI {
        let position = Taken<Int>()
        return ScriptedVI { method, _, asked in
            switch method {
            case "CreateCollectorForEvents":
                return ScriptedVI.answer(#"{"type":"EventHistoryCollector","value":"session[1]2"}"#)
            case "ReadNextEvents":
                if let trouble = trouble(asked) { return trouble }
                position.add([1])
                return position.all.count <= pages.count
                    ? ScriptedVI.events(pages[position.all.count - 1]) : ScriptedVI.answer("")
            default: return ScriptedVI.answer("", status: 204)
            }
        }
    }

    @Test func `an older vCenter is read with a collector, past an empty page`() async throws {
        let server = collector([[1, 2], [], [3]])
        #expect(try await read(server, "8.0.3.0").flatMap(\.events).map(\.key) == [1, 2, 3])
        #expect(server.count("DestroyCollector") == 1)
    }

    @Test func `a collector that vanishes is made again, and nothing comes twice`() async throws {
        let server = collector([[1, 2], [1, 2, 3]]) { $0 == 2 ? ScriptedVI.fault("ManagedObjectNotFound") : nil }
        #expect(try await read(server, "8.0.3.0").flatMap(\.events).map(\.key) == [1, 2, 3])
        #expect(server.count("CreateCollectorForEvents") == 2 && server.count("DestroyCollector") == 2)
    }

    @Test func `a collector that always vanishes ends the reading with an error`() async throws {
        let server = collector([]) { _ in ScriptedVI.fault("ManagedObjectNotFound") }
        await #expect(throws: HistoryError.self) { try await read(server, "8.0.3.0") }
        #expect(server.count("DestroyCollector") == server.count("CreateCollectorForEvents"))
        #expect(server.count("CreateCollectorForEvents") < 10)
    }

    @Test func `a collector is destroyed when its events cannot be stored`() async throws {
        let server = collector([[1]])
        await #expect(throws: CancellationError.self) {
            try await read(server, "8.0.3.0") { _ in throw CancellationError() }
        }
        #expect(server.count("DestroyCollector") == 1)
    }
}

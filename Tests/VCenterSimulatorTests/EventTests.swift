import Foundation
import GuestCustomization
import Testing
import VCenterSimulator

@Suite struct EventTests {
    private func allEvents(_ vim: VIMClient, page: Int) async throws -> [[String: Any]] {
        var all: [[String: Any]] = []
        var key = 0
        while true {
            let reply = try await vim.events(after: key, page)
            try #require(reply.status == 200, "\(reply.body)")
            guard let last = reply.array.last?["key"] as? Int else { return all }
            #expect(reply.array.count <= page)
            all += reply.array
            key = last
        }
    }

    @Test func `pages by start id and pages of a collector tell the same events, in the order of keys`() async throws {
        try await withVCenter { vCenter, client async throws in
            let vim = try await VIMClient.loggedIn(client)
            let paged = try await allEvents(vim, page: 97)
            let keys = paged.compactMap { $0["key"] as? Int }
            #expect(keys.count > 100)
            #expect(keys == keys.sorted() && Set(keys).count == keys.count)
            let id = try #require(try await vim.collector().object["value"] as? String)
            #expect(id.contains("["))
            var collected: [Int] = []
            while true {
                let page = try await vim.read(id, 50).array.compactMap { $0["key"] as? Int }
                if page.isEmpty { break }
                collected += page
            }
            #expect(collected == keys)
            #expect(vCenter.liveCollectors == 1)
            #expect(try await vim.call("EventHistoryCollector", id, "DestroyCollector").status == 204)
            #expect(vCenter.liveCollectors == 0)
            #expect(try await vim.read(id).fault == "ManagedObjectNotFound")
        }
    }

    @Test func `events agree with the customizations that polls are told of`() async throws {
        try await withVCenter {
            $0.guestClockOffsetSeconds = 120
        } _: { vCenter, client async throws in
            let events = try await allEvents(VIMClient.loggedIn(client), page: 1000)
            var ends = 0
            for event in events {
                let type = try #require(event["_typeName"] as? String)
                let vm = (event["vm"] as? [String: Any])?["vm"] as? [String: Any]
                let id = try #require(vm?["value"] as? String)
                let created = try #require(Timestamp(rfc3339: event["createdTime"] as? String ?? ""))
                let info = try #require(
                    vCenter.lastCustomization(of: id, .customization, at: created.advanced(bySeconds: 120)))
                let time = try #require(type == "CustomizationStartedEvent" ? info.startTime : info.endTime)
                #expect((0...2.5).contains(created.seconds(since: time) + 120))
                guard type != "CustomizationStartedEvent" else { continue }
                ends += 1
                #expect(info.status == (type == "CustomizationSucceeded" ? .succeeded : .failed))
                #expect(type == "CustomizationSucceeded" || event["logLocation"] is String)
            }
            #expect(ends > 50)
        }
    }

    @Test func `a restarted simulator has the same keys`() async throws {
        var first: [Int] = []
        for _ in 0..<2 {
            try await withVCenter { vCenter, _ async throws in
                let keys = vCenter.events.compactMap(\.key)
                #expect(first.isEmpty || keys == first)
                first = keys
            }
        }
        #expect(!first.isEmpty)
    }

    @Test func `too large pages, a 33rd collector, views before 9.0 and empty bodies are refused`() async throws {
        try await withVCenter { _, client async throws in
            let vim = try await VIMClient.loggedIn(client)
            #expect(try await vim.events(after: 0, 1001).fault == "InvalidArgument")
            for _ in 0..<32 { #expect(try await vim.collector().status == 200) }
            #expect(try await vim.collector().fault == "InvalidState")
            #expect(try await vim.post("EventManager/EventManager/QueryEvents", body: "").status == 500)
            #expect(try await VIMClient(client: client).collector().fault == "NotAuthenticated")
        }
        try await withVCenter {
            $0.apiVersion = "8.0.3.0"
        } _: { _, client async throws in
            let vim = try await VIMClient.loggedIn(client, release: "8.0.3.0")
            #expect(try await vim.events(after: 0).fault == "InvalidRequest")
        }
    }

    @Test func `collectors end with their session, or vanish`() async throws {
        try await withVCenter { vCenter, client async throws in
            let vim = try await VIMClient.loggedIn(client)
            let id = try #require(try await vim.collector().object["value"] as? String)
            vCenter.removeCollectors()
            #expect(try await vim.read(id).fault == "ManagedObjectNotFound")
            _ = try await vim.collector()
            _ = try await client.send("DELETE", "/api/session", token: vim.token)
            #expect(vCenter.liveCollectors == 0)
        }
    }

    @Test func `tests can write strange events, and restore a vCenter`() async throws {
        try await withVCenter { vCenter, client async throws in
            let vim = try await VIMClient.loggedIn(client)
            let last = try #require(vCenter.events.last?.key)
            vCenter.append(SimulatedEvent("CustomizationSucceeded", at: sundayMorning, vm: nil))
            vCenter.append(SimulatedEvent("CustomizationSucceeded", key: last, at: sundayMorning, vm: ("vm-9", "gone")))
            vCenter.append(
                SimulatedEvent(
                    "CustomizationFailed", at: sundayMorning.advanced(bySeconds: 86_400), vm: ("vm-1001", "x"),
                    message: String(repeating: "m", count: 1 << 20)))
            let strange = try await vim.events(after: last - 1).array.suffix(3)
            #expect(strange.map { $0["vm"] == nil } == [true, false, false])
            #expect(strange.dropFirst().first?["key"] as? Int == last)
            #expect((strange.last?["fullFormattedMessage"] as? String)?.count == 1 << 20)
            vCenter.restoreEvents(to: sundayMorning.advanced(bySeconds: -86_400))
            #expect(try await vim.events(after: last).array.isEmpty)
            let again = vCenter.append(SimulatedEvent("CustomizationSucceeded", at: sundayMorning, vm: nil))
            #expect(again < last)
        }
    }

    @Test(arguments: PlantedSuspect.Kind.allCases)
    func `a planted suspect fails more than the rest`(kind: PlantedSuspect.Kind) async throws {
        try await withVCenter {
            $0.suspect = kind
            $0.virtualMachines = 400
        } _: { vCenter, _ async throws in
            let suspect = try #require(vCenter.suspect)
            let templates = Dictionary(
                vCenter.events.compactMap { event in
                    event.source.flatMap { source in event.vm.map { ($0.id, source.id) } }
                },
                uniquingKeysWith: { first, _ in first })
            var counts = [true: (failed: 0, all: 0), false: (failed: 0, all: 0)]
            for event in vCenter.events where event.type.hasPrefix("Customization") {
                guard event.type != "CustomizationStartedEvent", let vm = event.vm?.id, let host = event.host else {
                    continue
                }
                let place = [suspect.kind == .host ? host.id : host.cluster, templates[vm] ?? ""]
                let isSuspect = place.contains(suspect.id)
                counts[isSuspect]?.all += 1
                if event.type != "CustomizationSucceeded" { counts[isSuspect]?.failed += 1 }
            }
            let (bad, good) = try (#require(counts[true]), #require(counts[false]))
            #expect(bad.all > 10 && bad.failed * 10 > bad.all * 7)
            #expect(good.failed * 10 < good.all * 4)
        }
    }
}

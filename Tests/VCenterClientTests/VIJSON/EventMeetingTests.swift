import GuestCustomization
import Testing
import VCenterSimulator

@testable import VCenterClient

/// Events that the client reads from the simulated vCenter: by key from 9.0 on, with collectors before, in a session of VI JSON before 8.0 U3.
@Suite struct EventMeetingTests {
    static let releases = ["9.1.0.0", "9.0.0.0", "8.0.3.0", "8.0.2.0", "8.0.1.0"]
    private static let readings: Set<String> = ["QueryEvents", "ReadNextEvents"]

    /// More than two pages of events.
    private static func manyEvents(_ options: inout SimulatedVCenter.Options) {
        options.virtualMachines = 70
        options.customizationRate = 4
    }

    @Test(arguments: releases)
    func `every event is read once, in order, as the vCenter tells it`(release: String) async throws {
        try await withMetVCenter(release, adjusting: Self.manyEvents) { client, simulated async throws in
            let pages = try await client.eventPages()
            #expect(pages.keys == simulated.customizationKeys && pages.keys.count > 2000)
            #expect(pages.allSatisfy { $0.unreadable == 0 && !$0.isRestored && $0.events.count <= 1000 })
            #expect(pages.last?.end.key == pages.keys.last)
            let told = Dictionary(simulated.events.map { ($0.key ?? 0, $0) }) { first, _ in first }
            for event in pages.flatMap(\.events) {
                let one = try #require(told[Int(event.key)])
                #expect(event.type.rawValue == one.type && event.createdAt == one.createdTime)
                #expect(event.vm?.id == one.vm?.id && event.vm?.name?.shown == one.vm?.name)
                #expect(event.message == one.message && event.logLocation == one.logLocation)
                #expect(event.reason == one.reason && event.userName ?? "" == one.userName)
            }
        }
    }

    @Test(arguments: ["7.0.3.0", "8.0.0.2"])
    func `a vCenter without VI JSON is told apart from one in trouble`(release: String) async throws {
        try await withMetVCenter(release) { client, _ async throws in
            await #expect(throws: HistoryError.self) { try await client.eventPages() }
            do { _ = try await client.attributes() } catch let error as HistoryError {
                #expect(error.code == .endpointMissing)
            }
            do { try await client.readCustomizations { _ in } } catch let error as HistoryError {
                #expect(error.code == .endpointMissing)
            }
        }
    }

    @Test(arguments: releases)
    func `the next reading goes on from the position of the last page`(release: String) async throws {
        try await withMetVCenter(release) { client, simulated async throws in
            let first = try await client.eventPages()
            let end = try #require(first.last?.end)
            let nothing = try await client.eventPages(since: end)
            #expect(Set(nothing.keys).isSubset(of: first.keys))
            let new = simulated.append(
                SimulatedEvent("CustomizationSucceeded", at: meetingTime, vm: ("vm-1001", "web")))
            let second = try await client.eventPages(since: end)
            #expect(Set(second.keys).subtracting(first.keys) == [Int64(new)])
            #expect(release < "9" || second.keys == [Int64(new)])
            #expect(second.last?.end.key == Int64(new))
        }
    }

    @Test(
        arguments: ["9.0.0.0", "8.0.3.0", "8.0.1.0"],
        [
            SimulatedFault.endAllSessions, .answer(.viFault("NotAuthenticated")), .answer(.viFault("InvalidState")),
            .answer(.viFault("ManagedObjectNotFound")), .answer(.serviceUnavailable()),
            .answer(SimulatedResponse(status: 500)), .reset, .closeWithoutAnswer, .cutBody(afterBytes: 5000),
            .answer(SimulatedResponse(status: 200, body: "<html>")),
        ])
    func `a fault in mid-read costs no event and tells none twice`(release: String, fault: SimulatedFault) async throws
    {
        try await withMetVCenter(release, adjusting: Self.manyEvents) { client, simulated async throws in
            let pages = Taken<EventPage>()
            let read = try await readTolerantly(client) { page in
                if pages.all.isEmpty {
                    simulated.inject(fault, times: 1) { Self.readings.contains($0.vimMember ?? "") }
                }
                pages.add([page])
            }
            #expect(read == simulated.customizationKeys)
        }
    }

    /// As the program reads: after an error, the next run goes on from the position of the last page.
    private func readTolerantly(
        _ client: VCenter, take: @escaping @Sendable (EventPage) async throws -> Void
    ) async throws -> [Int64] {
        let taken = Taken<EventPage>()
        do {
            try await client.readEvents(CustomizationEventType.ofCustomizations, since: EventPosition()) { page in
                taken.add([page])
                try await take(page)
            }
            return taken.all.keys
        } catch is HistoryError {
            let first = taken.all
            let rest = try await client.eventPages(since: first.last?.end ?? EventPosition())
            return first.keys + rest.keys.filter { !first.keys.contains($0) }
        }
    }

    @Test(arguments: ["8.0.3.0", "8.0.1.0"])
    func `collectors that vanish in mid-read are made again`(release: String) async throws {
        try await withMetVCenter(release, adjusting: Self.manyEvents) { client, simulated async throws in
            let pages = try await client.eventPages { _ in simulated.removeCollectors() }
            #expect(pages.keys == simulated.customizationKeys)
        }
    }

    @Test(arguments: ["9.0.0.0", "8.0.3.0", "8.0.1.0"])
    func `readings leave no collector, however many end, fail or are stopped`(release: String) async throws {
        try await withMetVCenter(release, adjusting: { $0.virtualMachines = 5 }) { client, simulated async throws in
            for number in 0..<33 {
                let reading = Task {
                    try await client.readEvents(CustomizationEventType.ofCustomizations, since: EventPosition()) { _ in
                        if number % 3 == 0 { throw CancellationError() }
                        if number % 3 == 1 { withUnsafeCurrentTask { $0?.cancel() } }
                    }
                }
                _ = await reading.result
                #expect(simulated.liveCollectors == 0)
            }
            #expect(try await client.eventPages().keys == simulated.customizationKeys)
        }
    }

    @Test(arguments: releases)
    func `a restored vCenter, whose keys go back, is read again by time`(release: String) async throws {
        try await withMetVCenter(release) { client, simulated async throws in
            let before = try await client.eventPages()
            let end = try #require(before.last?.end)
            simulated.restoreEvents(to: meetingTime.advanced(bySeconds: -5 * 86_400))
            let new = simulated.append(
                SimulatedEvent("CustomizationFailed", at: meetingTime, vm: ("vm-1002", "web")))
            #expect(Int64(new) < end.key ?? 0)
            let pages = try await client.eventPages(since: end)
            #expect(pages.allSatisfy(\.isRestored) && pages.keys.contains(Int64(new)))
            #expect(pages.last?.end.key == Int64(new))
            let read = try #require(pages.last?.end)
            let again = try await client.eventPages(since: read)
            #expect(again.allSatisfy { !$0.isRestored })
        }
    }

    @Test(arguments: ["9.0.0.0", "8.0.3.0"])
    func `messages of a megabyte are read whole`(release: String) async throws {
        try await withMetVCenter(release, adjusting: { $0.virtualMachines = 3 }) { client, simulated async throws in
            let message = String(repeating: "é\"\\", count: 200_000)
            for number in 0..<5 {
                simulated.append(
                    SimulatedEvent(
                        "CustomizationFailed", at: meetingTime, vm: ("vm-\(1001 + number)", "web"), message: message))
            }
            let events = try await client.eventPages().flatMap(\.events)
            #expect(events.map(\.key) == simulated.customizationKeys)
            #expect(events.suffix(5).allSatisfy { $0.json.count > 1_000_000 })
        }
    }

    @Test(arguments: ["9.0.0.0", "8.0.3.0"])
    func `events that the account may not see hide no others, though they fill pages`(release: String) async throws {
        try await withMetVCenter(release, adjusting: Self.manyEvents) { client, simulated async throws in
            let vm = simulated.virtualMachines[0]
            for place in 0..<2500 {
                simulated.append(
                    SimulatedEvent(
                        "CustomizationSucceeded", at: meetingTime.advanced(bySeconds: Double(place) / 1000),
                        vm: (vm.id, vm.name)))
            }
            let last = simulated.append(
                SimulatedEvent("CustomizationFailed", at: meetingTime.advanced(bySeconds: 3), vm: ("vm-1002", "web")))
            try simulated.setAccess(to: vm.id, isDenied: true)
            let hidden = Set(simulated.events.filter { $0.vm?.id == vm.id }.compactMap { $0.key.map(Int64.init) })
            let keys = try await client.eventPages().keys
            #expect(keys == simulated.customizationKeys.filter { !hidden.contains($0) })
            #expect(keys.last == Int64(last))
        }
    }

    @Test(arguments: ["9.0.0.0", "8.0.3.0"])
    func `strange events stop nothing`(release: String) async throws {
        try await withMetVCenter(release) { client, simulated async throws in
            let old = simulated.customizationKeys
            let future = meetingTime.advanced(bySeconds: 5 * 86_400)
            simulated.append(SimulatedEvent("CustomizationSucceeded", at: meetingTime, vm: nil))
            simulated.append(SimulatedEvent("CustomizationSucceeded", at: future, vm: ("vm-999999", "unlisted")))
            var broken = SimulatedEvent("CustomizationFailed", at: meetingTime, vm: nil)
            broken.json = #"{"_typeName":"CustomizationFailed","key":"x","createdTime":17,"vm":[]}"#
            simulated.append(broken)
            let last = simulated.append(
                SimulatedEvent("CustomizationFailed", at: meetingTime, vm: ("vm-1002", "web")))
            let pages = try await client.eventPages()
            #expect(pages.keys.count == old.count + 3 && pages.last?.end.key == Int64(last))
            #expect(pages.map(\.unreadable).reduce(0, +) == 1)
            let time = try #require(pages.last?.end.time)
            #expect(time <= meetingTime)
        }
    }
}

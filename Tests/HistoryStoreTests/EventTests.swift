import GRDB
import GuestCustomization
import TestSupport
import Testing

@testable import HistoryStore

@Suite struct EventTests {
    @Test
    func
        `a VM that no list has shown is called as its event calls it, and its customization is told with times and error`()
        async throws
    {
        let history = try TemporaryHistory()
        try await history.read(
            at: .epoch(1_010_000), [.started(1, "vm-9", at: 1_000_000), .failed(2, "vm-9", at: 1_000_300)])
        #expect(
            try history.query(
                """
                SELECT vm, vm_name, endpoint, outcome, start_time, end_time, duration_seconds, error_id, error_message, polls, is_counted
                FROM customization_history
                """) == [
                    "vm-9|name of vm-9|events|failed|2026-11-12T13:46:40.000Z|2026-11-12T13:51:40.000Z|300.0|CustomizationFailed|it failed|0|1"
                ])
        #expect(
            try history.query("SELECT event_key, type, created_at, user_name, host FROM event_history") == [
                "1|CustomizationStartedEvent|2026-11-12T13:46:40.000Z|admin|esx-1",
                "2|CustomizationFailed|2026-11-12T13:51:40.000Z|admin|esx-1",
            ])
        #expect(try history.database.verify().isWhole)
    }

    @Test func `a VM whose event holds half of a surrogate pair is shown, without that text`() async throws {
        let history = try TemporaryHistory()
        var event = CustomizationEvent.failed(2, "vm-9", at: 1_000_300)
        event.json = Array(String(decoding: event.json, as: UTF8.self).replacing("admin", with: #"\ud800"#).utf8)
        try await history.read(at: .epoch(1_010_000), [event])
        let vm = try #require(try history.database.virtualMachines(called: "vm-9").first)
        let told = try history.database.history(of: vm, limit: 10).customizations.map(\.told)
        #expect(told.count == 1 && told.first??.userName == nil)
    }

    @Test func `an event that was read before is not recorded again, even after keys were used again`() async throws {
        let history = try TemporaryHistory()
        let first = [CustomizationEvent.started(7, "vm-1", at: 1_000_100), .succeeded(8, "vm-1", at: 1_000_160)]
        try await history.read(at: .epoch(1000), first)
        let again = try await history.database.newEvents(
            among: first + [.started(7, "vm-1", at: 1_000_500), .started(7, "vm-2", at: 1_000_100)], on: "vc")
        #expect(again.map(\.id) == [.init(7, "vm-1", at: 1_000_500), .init(7, "vm-2", at: 1_000_100)])
    }

    @Test func `what polls and events both saw is counted once, and the events add the start`() async throws {
        let history = try TemporaryHistory()
        try await history.run(
            at: .epoch(2_000_000), [("vm-1", .reported(.failed, start: nil, end: 1_999_990))])
        try await history.read(
            at: .epoch(2_000_100), [.started(1, "vm-1", at: 1_999_900), .failed(2, "vm-1", at: 1_999_994)])
        #expect(
            try history.query("SELECT endpoint, is_counted, also_seen_by FROM customization_history ORDER BY 1") == [
                "customization-live|1|events", "events|0|customization-live",
            ])
        let counted = try history.counted(among: [])
        #expect(counted.map(\.endpoint) == [.customizationLive])
        #expect(counted.first?.startTime == .epoch(1_999_900))
        #expect(try history.counted(among: [.events]).map(\.endpoint) == [.events])
    }

    @Test func `how far apart ends may be is a setting of the history, which rebuild and verify go by`() async throws {
        let history = try TemporaryHistory()
        try await history.run(
            at: .epoch(2_000_000), [("vm-1", .reported(.failed, start: 1_998_000, end: 1_998_300))])
        try await history.read(
            at: .epoch(2_000_100), [.started(1, "vm-1", at: 1_999_000), .failed(2, "vm-1", at: 1_999_300)])
        let counted = "SELECT endpoint FROM customization_history WHERE is_counted = 1 ORDER BY 1"
        #expect(try history.query(counted) == ["customization-live", "events"])
        try await history.database.rebuildCustomizations(eventTolerance: .seconds(1000))
        #expect(try history.query(counted) == ["customization-live"])
        #expect(try history.database.verify().isWhole)
        try await history.run(
            at: .epoch(2_010_000), [("vm-1", .reported(.succeeded, start: 2_005_000, end: 2_005_300))])
        try await history.read(
            at: .epoch(2_010_100), [.started(3, "vm-1", at: 2_005_900), .succeeded(4, "vm-1", at: 2_006_299)])
        #expect(try history.query(counted) == ["customization-live", "customization-live"])
        try await history.database.rebuildCustomizations(eventTolerance: .seconds(998))
        #expect(try history.query(counted) == ["customization-live", "customization-live", "events", "events"])
    }

    @Test func `a customization whose end the polls lost is told by the events that saw it`() async throws {
        let history = try TemporaryHistory()
        try await history.run(at: .epoch(2_000_000), [("vm-1", .reported(.running, start: 1_999_990, end: nil))])
        try await history.run(at: .epoch(2_000_600), [("vm-2", .reported(.notAvailable, start: nil, end: nil))])
        try await history.read(
            at: .epoch(2_000_700), [.started(1, "vm-1", at: 1_999_991), .succeeded(2, "vm-1", at: 2_000_060)])
        #expect(try history.counted(among: []).map(\.outcome) == [.succeeded])
        #expect(try history.counted(among: [.customizationLive]).map(\.outcome) == [.lost])
        #expect(try history.database.verify().isWhole)
    }

    @Test func `a customization under way on a VM that is gone is lost`() async throws {
        let history = try TemporaryHistory()
        try await history.run(
            at: .epoch(2_000_000), listing: [.init(id: "vm-1", name: "a"), .init(id: "vm-2", name: "b")], [])
        try await history.read(at: .epoch(2_000_100), [.started(1, "vm-1", at: 2_000_050)])
        #expect(try history.query("SELECT outcome FROM customization_history") == ["running"])
        try await history.run(at: .epoch(2_000_600), listing: [.init(id: "vm-2", name: "b")], [])
        #expect(try history.query("SELECT outcome FROM customization_history") == ["lost"])
        #expect(try history.database.verify().isWhole)
    }

    @Test(arguments: [
        "UPDATE event SET event_key = 9 WHERE event_key = 1", "DELETE FROM event WHERE event_key = 1",
        "INSERT INTO event SELECT 99, run_id, virtual_machine_endpoint_id, 3, generation, answer_id FROM event LIMIT 1",
        "UPDATE event SET virtual_machine_endpoint_id = NULL WHERE event_key = 1",
        "UPDATE answer SET raw = '{}' WHERE status = 'CustomizationFailed'",
        "UPDATE event SET generation = 1 WHERE event_key = 2", "UPDATE collection_run SET events = 3",
    ])
    func `an altered event is found`(alteration: String) async throws {
        let history = try TemporaryHistory()
        try await history.read(
            at: .epoch(1000), [.started(1, "vm-1", at: 1_000_100), .failed(2, "vm-1", at: 1_000_160)])
        #expect(try history.database.verify().isWhole)
        try await history.database.queue.writeWithoutTransaction { db in
            try db.execute(
                sql: "INSERT INTO amendment_under_way VALUES (1); \(alteration); DELETE FROM amendment_under_way")
        }
        #expect(throws: HistoryError.self) { try history.database.verify() }
    }

    @Test func `events cannot be changed or deleted`() async throws {
        let history = try TemporaryHistory()
        try await history.read(at: .epoch(1000), [.started(1, "vm-1", at: 1_000_100)])
        for statement in ["UPDATE event SET event_key = 2", "DELETE FROM event"] {
            await #expect(throws: DatabaseError.self) {
                try await history.database.queue.writeWithoutTransaction { try $0.execute(sql: statement) }
            }
        }
    }

    @Test func `a run that was killed in the middle of events is ended by the next one, and its events count`()
        async throws
    {
        let history = try TemporaryHistory()
        let run = try await history.database.beginRun(vCenter: "vc", endpoint: .events, at: .epoch(1000))
        try await history.database.append(
            [.started(1, "vm-1", at: 1_000_100), .failed(2, "vm-1", at: 1_000_160)],
            EventProgress(cursor: EventPosition(key: 2), completeSince: nil, readAt: .epoch(1000)), to: run)
        #expect(try history.query("SELECT count(*) FROM customization") == ["0"])
        try history.reopen()
        try await history.read(at: .epoch(2000), [.started(3, "vm-1", at: 1_000_300)])
        #expect(try history.query("SELECT outcome FROM customization_history ORDER BY 1") == ["failed", "running"])
        #expect(try history.query("SELECT outcome FROM collection_run ORDER BY id") == ["interrupted", "complete"])
        #expect(try history.database.verify().isWhole)
    }
}

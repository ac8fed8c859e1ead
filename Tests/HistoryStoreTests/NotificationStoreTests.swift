import GuestCustomization
import TestSupport
import Testing

@testable import HistoryStore

@Suite struct NotificationStoreTests {
    /// The kinds of groups that a channel tells at a time, with their counts; the channel moves on if `delivers`.
    private func notify(
        _ history: TemporaryHistory, at now: Double, channel: String = "c", delivers: Bool = true
    ) async throws -> [String] {
        let plan = try history.database.notificationPlan(
            for: channel, since: nil, stuckAfterSeconds: 3600, resendAfterSeconds: nil, silentAfterSeconds: 1e9,
            timeZone: .gmt, at: .epoch(now)
        ).plan
        if delivers { try await history.database.noteDelivery(of: plan, on: channel) }
        return plan.notification.groups.map { "\($0.kind.rawValue) \($0.subjects.count)" }
    }

    private func failed(_ start: Double) -> Answer {
        .status(.failed, start: start, end: start + 9, error: .text("odd"))
    }

    private let running = Answer.status(.running, start: 100)

    @Test func `each channel is told once, and again if a message was not delivered`() async throws {
        let history = try TemporaryHistory()
        try await history.run(at: .epoch(0), [("vm-1", failed(0)), ("vm-2", running)])
        #expect(try await notify(history, at: 10) == [])
        try await history.run(at: .epoch(10_000), [("vm-1", failed(9000)), ("vm-2", running)])
        #expect(try await notify(history, at: 10_100, delivers: false) == ["failed 1", "stuck 1"])
        #expect(try await notify(history, at: 10_200) == ["failed 1", "stuck 1"])
        #expect(try await notify(history, at: 10_300) == [])
        #expect(try await notify(history, at: 10_300, channel: "other") == [])
        try await history.run(
            at: .epoch(20_000), [("vm-1", .status(.succeeded, start: 11_000, end: 11_009)), ("vm-2", running)])
        #expect(try await notify(history, at: 20_100) == ["recovered 1"])
        #expect(try await notify(history, at: 20_100, channel: "other") == ["recovered 1"])
        #expect(
            try history.query("SELECT kind, is_told FROM notification_problem WHERE channel_id = 1") == ["stuck|1"])
    }

    @Test func `what events tell first is not told again when a poll shows it`() async throws {
        let history = try TemporaryHistory()
        let silent = Answer.status(.notAvailable)
        try await history.run(at: .epoch(1_000_000), [("vm-1", silent)])
        #expect(try await notify(history, at: 1_000_010) == [])
        try await history.read(
            at: .epoch(1_001_000), [.started(1, "vm-1", at: 1_000_400), .failed(2, "vm-1", at: 1_000_500)])
        #expect(try await notify(history, at: 1_001_010) == ["failed 1"])
        try await history.run(
            at: .epoch(1_002_000), [("vm-1", .status(.failed, start: 1_000_401, end: 1_000_503, error: .text("odd")))])
        #expect(try history.query("SELECT sum(is_counted), count(*) FROM customization_history") == ["1|2"])
        #expect(try await notify(history, at: 1_002_010) == [])
        try await history.database.rebuildCustomizations()
        #expect(try await notify(history, at: 1_002_020) == [])
    }

    @Test func `nothing is told again after a rebuild, a rename or a merge`() async throws {
        let history = try TemporaryHistory()
        let listing = [VirtualMachine(id: "vm-1", name: "one"), VirtualMachine(id: "vm-2", name: "two")]
        let answers = [("vm-1", failed(9000)), ("vm-2", running)]
        #expect(try await notify(history, at: 0) == [])
        // The other vCenter polls it first, so that the first poll of each customization changes with the merge.
        try await history.run(at: .epoch(10_000), vCenter: "a", listing: listing, answers)
        try await history.run(at: .epoch(10_100), vCenter: "b", listing: listing, answers)
        #expect(try await notify(history, at: 10_200) == ["failed 2", "stuck 2"])
        try await history.database.rebuildCustomizations()
        #expect(try await notify(history, at: 10_300) == [])
        try await history.database.renameVCenter("a", to: "c")
        let renamed = listing.map { VirtualMachine(id: $0.id, name: "new \($0.name)") }
        try await history.run(at: .epoch(10_400), vCenter: "b", listing: renamed, answers)
        #expect(try await notify(history, at: 10_500) == [])
        _ = try await history.database.mergeVCenter("c", into: "b")
        #expect(try await notify(history, at: 10_600) == [])
        #expect(try history.query("SELECT count(*) FROM notification_problem") == ["2"])
        #expect(try history.query("PRAGMA foreign_key_check").isEmpty)
        #expect(try history.database.verify().amendments > 0)
    }

    @Test func `a vCenter that is merged into another no longer alarms`() async throws {
        let history = try TemporaryHistory()
        func silent(_ now: Double) async throws -> [String] {
            let plan = try history.database.notificationPlan(
                for: "c", since: nil, stuckAfterSeconds: 3600, resendAfterSeconds: 3600, silentAfterSeconds: 600,
                timeZone: .gmt, at: .epoch(now)
            ).plan
            try await history.database.noteDelivery(of: plan, on: "c")
            return plan.notification.groups.map { "\($0.kind.rawValue) \($0.subjects.map(\.vCenter).joined())" }
        }
        let sound = [("vm-1", Answer.status(.succeeded, start: 0, end: 9))]
        try await history.run(at: .epoch(0), vCenter: "a", sound)
        try await history.run(at: .epoch(0), vCenter: "b", [("vm-2", sound[0].1)])
        #expect(try await silent(10) == [])
        try await history.run(at: .epoch(1000), vCenter: "b", [("vm-2", sound[0].1)])
        #expect(try await silent(1100) == ["not_polled a"])
        #expect(try await silent(5000) == ["not_polled b", "still_not_polled a"])
        try await history.run(at: .epoch(5100), vCenter: "b", [("vm-2", sound[0].1)])
        _ = try await history.database.mergeVCenter("a", into: "b")
        #expect(try await silent(5200) == ["polled_again b"])
        #expect(try await silent(5300) == [])
    }

    @Test func `only one process tells on a channel at a time`() throws {
        let history = try TemporaryHistory()
        let other = try TemporaryHistory.open(history.path)
        var claim = try history.database.claimNotifications(on: "c")
        #expect(claim != nil)
        #expect(try other.claimNotifications(on: "c") == nil)
        #expect(try other.claimNotifications(on: "d") != nil)
        claim = nil
        #expect(claim == nil)
        #expect(try other.claimNotifications(on: "c") != nil)
        try other.close()
    }
}

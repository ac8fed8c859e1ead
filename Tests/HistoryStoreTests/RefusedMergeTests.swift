import GRDB
import GuestCustomization
import HistoryEvidence
import TestSupport
import Testing

@testable import HistoryStore

@Suite struct RefusedMergeTests {
    private static let succeeded = Answer.status(.succeeded, start: 1, end: 2)

    private static func history(
        _ vCenter: String, uuid: String? = nil, address: String? = nil, runs: Int = 1, from hour: Int = 0
    ) async throws -> TemporaryHistory {
        let history = try TemporaryHistory()
        try await record(vCenter, uuid: uuid, address: address, runs: runs, from: hour, in: history)
        return history
    }

    private static func record(
        _ vCenter: String, uuid: String? = nil, address: String? = nil, runs: Int = 1, from hour: Int = 0,
        in history: TemporaryHistory
    ) async throws {
        let reached = ReachedVCenter(
            name: vCenter, isNameGiven: true, address: address ?? "\(vCenter):443", instanceUUID: uuid)
        for number in 0..<runs {
            let start = Timestamp.epoch(Double((hour + number) * 3600))
            let claim = try await history.database.claimCollecting(from: reached, at: start)
            try await history.run(at: start, vCenter: vCenter, [("vm-1", succeeded)])
            withExtendedLifetime(claim) {}
        }
    }

    private static func copy(of history: TemporaryHistory) throws -> TemporaryHistory {
        let copy = try TemporaryHistory()
        try copy.database.close()
        try DatabaseQueue(path: history.path).backup(to: DatabaseQueue(path: copy.path))
        try copy.reopen()
        return copy
    }

    private static func refusal(_ target: TemporaryHistory, _ source: TemporaryHistory) async -> HistoryError? {
        do {
            try await target.merge(source)
            return nil
        } catch {
            return error as? HistoryError
        }
    }

    @Test func `a copy of a history brings nothing, and one that went on by itself is refused`() async throws {
        let history = try await Self.history("vc", runs: 2)
        let copy = try Self.copy(of: history)
        let result = try await history.merge(copy)
        #expect(result.isCopy && result.histories.isEmpty)
        try await Self.record("vc", from: 5, in: history)
        #expect(try await history.merge(copy).isCopy)
        // The copy is older than this history now, so this history is newer than the copy.
        #expect(await Self.refusal(copy, history)?.code == .damaged)
        try await Self.record("vc", from: 6, in: copy)
        let error = await Self.refusal(history, copy)
        #expect(error?.code == .damaged && error?.message.contains("both have gone on by themselves") == true)
        #expect(try history.database.verify().runs == 3)
    }

    @Test func `a history that was rewritten or cut off since it was merged is refused`() async throws {
        let (target, source) = (try await Self.history("a"), try await Self.history("b", runs: 2))
        let older = try Self.copy(of: source)
        try await Self.record("b", from: 4, in: source)
        try await target.merge(source)
        // An older state has nothing new; a different continuation of it is another history of the same name.
        #expect(try await target.merge(older).histories.isEmpty)
        try await Self.record("b", from: 5, in: older)
        let error = await Self.refusal(target, older)
        #expect(error?.code == .damaged && error?.message.contains("does not begin as the one that was merged") == true)
        #expect(try target.database.verify().merged.map(\.size) == [3])
    }

    @Test func `a history that was restored from before it was merged elsewhere is told so`() async throws {
        let (a, b) = (try await Self.history("a"), try await Self.history("b"))
        let older = try Self.copy(of: a)
        try await Self.record("a", from: 2, in: a)
        try await b.merge(a)
        let error = await Self.refusal(older, b)
        #expect(error?.code == .damaged && error?.message.contains("cut off, or restored") == true)
    }

    @Test func `an altered history is refused before anything is brought in`() async throws {
        let (target, source) = (try await Self.history("a"), try await Self.history("b"))
        try await source.database.queue.writeWithoutTransaction { db in
            try db.execute(
                sql: """
                    INSERT INTO amendment_under_way (id) VALUES (1);
                    UPDATE answer SET status = 'FAILED';
                    DELETE FROM amendment_under_way;
                    """)
        }
        let error = await Self.refusal(target, source)
        #expect(error?.code == .damaged && error?.message.contains("the answer of vm-1 was altered") == true)
        #expect(try target.query("SELECT count(*) FROM collection_run") == ["1"])
    }

    @Test func `vCenters are the same by UUID, or by name and address if that is not known`() async throws {
        for (uuids, addresses, expected) in [
            (["u", "u"], ["x:443", "y:443"], ["vc"]),
            (["u", "w"], ["x:443", "x:443"], ["vc", "vc-2"]),
            ([nil, "u"], ["x:443", "x:443"], ["vc"]),
            ([nil, nil], ["x:443", "x:443"], ["vc"]),
            ([nil, nil], ["x:443", "y:443"], ["vc", "vc-2"]),
            ([nil, nil], ["localhost:443", "localhost:443"], ["vc", "vc-2"]),
        ] {
            let target = try await Self.history("vc", uuid: uuids[0], address: addresses[0])
            let source = try await Self.history("vc", uuid: uuids[1], address: addresses[1], from: 1)
            try await target.merge(source)
            #expect(try target.query("SELECT name FROM vcenter ORDER BY id") == expected, "\(uuids) \(addresses)")
            // It stays so.
            try await Self.record("vc", uuid: uuids[1], address: addresses[1], from: 2, in: source)
            #expect(try await target.merge(source).runs == 1)
            #expect(try target.query("SELECT name FROM vcenter ORDER BY id") == expected, "\(uuids) \(addresses)")
            #expect(try target.query("SELECT sum(polls) FROM customization_history") == ["3"])
            #expect(try target.database.verify().runs == 3)
        }
    }

    @Test func `a renamed vCenter of a merged history keeps its place, and merging vCenters here puts runs in order`()
        async throws
    {
        let target = try await Self.history("late", runs: 2, from: 10)
        let source = try await Self.history("early", runs: 2)
        try await target.merge(source)
        try await source.database.renameVCenter("early", to: "other")
        try await Self.record("other", from: 3, in: source)
        try await target.merge(source)
        #expect(try target.query("SELECT name FROM vcenter ORDER BY id") == ["late", "early"])
        _ = try target.database.verify()
        _ = try await target.database.mergeVCenter("late", into: "early")
        _ = try target.database.verify()
        let begins = try target.query("SELECT started_ms FROM collection_run ORDER BY id")
        #expect(begins == begins.sorted() && begins.count == 5)
        try await Self.record("early", from: 20, in: target)
        try await Self.record("other", from: 21, in: source)
        try await target.merge(source)
        #expect(try target.database.verify().runs == 7)
    }

    @Test func `a run under way is not brought in, nor what only it knows`() async throws {
        let (target, source) = (try await Self.history("a"), try await Self.history("b"))
        let run = try await source.database.beginRun(vCenter: "b", endpoint: .customizationLive, at: .epoch(9000))
        let list = VirtualMachineList(
            [VirtualMachine(id: "vm-1", name: "new name"), VirtualMachine(id: "vm-2", name: "new")], isWhole: true)
        _ = try await source.database.record(list, in: run, at: .epoch(9000))
        try await source.database.append([Poll(vm: "vm-2", polledAt: .epoch(9001), answer: Self.succeeded)], to: run)
        #expect(try await target.merge(source).runs == 1)
        #expect(
            try target.query("SELECT moid, name FROM virtual_machine ORDER BY id") == [
                "vm-1|name of vm-1", "vm-1|name of vm-1",
            ])
        _ = try target.database.verify()
        try await source.database.finishRun(run, as: CollectionRunEnd(outcome: .complete, finishedAt: .epoch(9002)))
        #expect(try await target.merge(source).runs == 1)
        #expect(
            try target.query("SELECT name FROM virtual_machine ORDER BY id") == ["name of vm-1", "new name", "new"])
        _ = try target.database.verify()
    }

    @Test func `each merged tree can be held against its own heads, and proves its own runs`() async throws {
        let (target, source) = (try await Self.history("a"), try await Self.history("b", runs: 3))
        let head = try source.database.head()
        try await target.merge(source)
        try await Self.record("b", from: 7, in: source)
        #expect(try target.database.verify(expecting: [head, target.database.head()]).merged == [head])
        #expect(throws: HistoryError.self) { try target.database.verify(expecting: [source.database.head()]) }
        let run = try target.query("SELECT run_id FROM seal WHERE tree_id <> 1 ORDER BY leaf LIMIT 1")
        let proof = try target.database.proof(of: CollectionRunID(rawValue: Int64(run[0]) ?? 0))
        #expect(try proof.check() == head)
    }

    @Test func `merging waits for no collector of a vCenter that both have`() async throws {
        let (target, source) = (
            try await Self.history("vc", uuid: "u"), try await Self.history("vc", uuid: "u", from: 1)
        )
        let reached = ReachedVCenter(name: "vc", isNameGiven: true, address: "vc:443", instanceUUID: "u")
        let claim = try await target.database.claimCollecting(from: reached, at: .epoch(0))
        #expect(await Self.refusal(target, source)?.code == .vCenterHeld)
        withExtendedLifetime(claim) {}
    }
}

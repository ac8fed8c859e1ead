import GuestCustomization
import TestSupport
import Testing

@testable import HistoryStore

@Suite struct VCenterMergeTests {
    @Test func `two vCenters merged equal one vCenter that recorded all runs`() async throws {
        let base = UInt64.random(in: 0..<UInt64(UInt32.max))
        for seed in base..<base + 60 {
            let split = try await Self.record(seed: seed, names: ["a", "b"])
            let whole = try await Self.record(seed: seed, names: ["b", "b"])
            guard try split.query("SELECT name FROM vcenter ORDER BY name") == ["a", "b"] else { continue }
            _ = try await split.database.mergeVCenter("a", into: "b")
            for (what, query) in Self.everything {
                try #require(try split.query(query) == whole.query(query), "\(what), seed \(seed)")
            }
            #expect(
                try split.customizations().map { "\($0)" }.sorted() == whole.customizations().map { "\($0)" }.sorted(),
                "seed \(seed)")
            let since = Timestamp.epoch(0)
            #expect(
                try TallyLines.of(split.database, since: since).sorted()
                    == TallyLines.of(whole.database, since: since).sorted(), "seed \(seed)")
            try #require(try split.query("PRAGMA foreign_key_check").isEmpty, "seed \(seed)")
            // What a rebuild gives is what is there, and the next run goes on from it.
            let kept = try split.query(Self.customizations)
            try await split.database.rebuildCustomizations()
            try #require(try split.query(Self.customizations) == kept, "rebuilt, seed \(seed)")
            #expect(try split.database.verify().amendments == 1, "verified, seed \(seed)")
        }
    }

    @Test func `a killed run of a vCenter that is merged is ended first, and the history stays verifiable`()
        async throws
    {
        let history = try TemporaryHistory()
        let answer = Answer.status(.succeeded, start: 0, end: 1)
        let killed = try await history.database.beginRun(vCenter: "a", endpoint: .customizationLive, at: .epoch(1))
        _ = try await history.database.record(
            VirtualMachineList([VirtualMachine(id: "vm-1", name: "one")], isWhole: true), identifiedAs: [:], in: killed,
            at: .epoch(1))
        try await history.database.append([Poll(vm: "vm-1", polledAt: .epoch(1), answer: answer)], to: killed)
        for start in [2.0, 3.0] {
            try await history.run(at: .epoch(start), vCenter: "b", [("vm-2", answer), ("vm-3", answer)])
        }
        try history.reopen()
        _ = try await history.database.mergeVCenter("a", into: "b")
        #expect(
            try history.query("SELECT outcome FROM collection_run ORDER BY id") == [
                "interrupted", "complete", "complete",
            ])
        #expect(try history.database.verify().unsealedRuns.isEmpty)
        try await history.run(at: .epoch(4), vCenter: "b", [("vm-2", answer), ("vm-3", answer)])
        #expect(try history.database.verify().runs == 4)
    }

    private static let customizations = """
        SELECT v.moid, v.instance_uuid, m.endpoint_id, u.identity_basis, u.identity_value, u.outcome, u.start_ms, u.end_ms,
            u.end_first_polled_ms, u.first_polled_ms, u.last_polled_ms, u.polls, u.window_ms, a.sha256,
            l.customization_id = u.id, l.since_run_id, l.last_reported_ms
        FROM virtual_machine_endpoint AS m JOIN virtual_machine AS v ON v.id = m.vm_id
        LEFT JOIN latest_answer AS l ON l.virtual_machine_endpoint_id = m.id
        LEFT JOIN customization AS u ON u.virtual_machine_endpoint_id = m.id LEFT JOIN answer AS a ON a.id = u.answer_id
        ORDER BY 1, 2, 3, 4, 5
        """

    private static let everything = [
        ("VMs", "SELECT moid, instance_uuid, name, is_identified, is_current FROM virtual_machine ORDER BY 1, 2"),
        (
            "names",
            """
            SELECT v.moid, v.instance_uuid, n.name, n.first_seen_ms FROM virtual_machine_name AS n
            JOIN virtual_machine AS v ON v.id = n.vm_id ORDER BY v.moid, v.instance_uuid, n.id
            """
        ),
        (
            "runs",
            """
            SELECT r.id, c.name, r.endpoint_id, r.started_ms, r.vms, r.polls FROM collection_run AS r
            JOIN vcenter AS c ON c.id = r.vcenter_id ORDER BY 1
            """
        ),
        (
            "polls",
            """
            SELECT p.run_id, v.moid, v.instance_uuid, p.polled_ms, a.sha256 FROM poll AS p
            JOIN virtual_machine AS v ON v.id = p.vm_id JOIN answer AS a ON a.id = p.answer_id ORDER BY 1, 2, 3
            """
        ),
        (
            "listings",
            """
            SELECT v.moid, v.instance_uuid, m.endpoint_id, l.first_run_id, l.gone_run_id FROM virtual_machine_listing AS l
            JOIN virtual_machine_endpoint AS m ON m.id = l.virtual_machine_endpoint_id
            JOIN virtual_machine AS v ON v.id = m.vm_id ORDER BY 1, 2, 3, 4
            """
        ),
        ("customizations", customizations),
    ]

    /// A vCenter in which VMs come and go, are renamed, and leave their ids to others; recorded under one name or another.
    private static func record(seed: UInt64, names: [String]) async throws -> TemporaryHistory {
        var random = SeededGenerator(seed: seed)
        var answers = RandomAnswers()
        let history = try TemporaryHistory()
        var vms: [String: (uuid: String, name: String)] = [:]
        var number = 0
        for hour in 0..<Int.random(in: 2...20, using: &random) {
            for id in ["vm-0", "vm-1", "vm-2"] {
                switch Int.random(in: 0..<12, using: &random) {
                case 0: vms[id] = nil
                case 1, 2:
                    number += 1
                    vms[id] = ("uuid-\(number)", "name \(number)")
                case 3:
                    number += 1
                    vms[id]?.name = "renamed \(number)"
                default: break
                }
            }
            let vCenter = names[Int.random(in: 0..<2, using: &random)]
            let endpoint = random.pick([Endpoint.customization, .customizationLive, .customizationLive])
            let start = Timestamp.epoch(Double(hour * 3600))
            let run = try await history.database.beginRun(vCenter: vCenter, endpoint: endpoint, at: start)
            if Int.random(in: 0..<6, using: &random) == 0 { continue }
            func identity(_ id: String) -> VirtualMachineIdentity {
                VirtualMachineIdentity(vm: id, instanceUUID: vms[id]?.uuid)
            }
            let list = VirtualMachineList(
                vms.sorted { $0.key < $1.key }.map { VirtualMachine(id: $0.key, name: $0.value.name) }, isWhole: true)
            let doubts = try await history.database.virtualMachinesInDoubt(among: list, in: run)
            let unidentified = try await history.database.record(
                list, identifiedAs: Dictionary(uniqueKeysWithValues: doubts.map { ($0, identity($0)) }), in: run,
                at: start)
            let polls = list.virtualMachines.map { vm in
                Poll(
                    vm: vm.id, polledAt: start.advanced(bySeconds: 5),
                    answer: answers.next(for: (vms[vm.id]?.uuid ?? "") + endpoint.rawValue, &random))
            }
            try await history.database.append(polls, to: run)
            try await history.database.record(unidentified.sorted().map(identity), in: run)
            try await history.database.finishRun(run, as: CollectionRunEnd(outcome: .complete, finishedAt: start))
        }
        return history
    }

    /// One poll of one VM under `vCenter`, of which the instance UUID is told where it is given.
    private func poll(
        _ history: TemporaryHistory, _ vCenter: String, at seconds: Double, vm: String = "vm-1", uuid: String?,
        _ answer: Answer
    ) async throws {
        let run = try await history.database.beginRun(
            vCenter: vCenter, endpoint: .customizationLive, at: .epoch(seconds))
        let list = VirtualMachineList([VirtualMachine(id: vm, name: "web")], isWhole: true)
        _ = try await history.database.record(list, in: run, at: .epoch(seconds))
        try await history.database.append([Poll(vm: vm, polledAt: .epoch(seconds), answer: answer)], to: run)
        if let uuid {
            try await history.database.record([VirtualMachineIdentity(vm: vm, instanceUUID: uuid)], in: run)
        }
        try await history.database.finishRun(run, as: CollectionRunEnd(outcome: .complete, finishedAt: .epoch(seconds)))
    }

    private func recognize(_ history: TemporaryHistory, _ name: String, uuid: String) async throws {
        let reached = ReachedVCenter(name: name, isNameGiven: true, address: name + ":443", instanceUUID: uuid)
        #expect(try await history.database.claimCollecting(from: reached, at: .epoch(0))?.name == name)
    }

    @Test func `a managed object id identifies an unidentified VM only within one vCenter`() async throws {
        for (uuid, expected) in [("v-1", ["vm-1|u-1|1|2"]), ("v-2", ["vm-1|NULL|0|1", "vm-1|u-1|1|1"])] {
            let history = try TemporaryHistory()
            try await recognize(history, "old", uuid: "v-1")
            if uuid != "v-1" { try await recognize(history, "new", uuid: uuid) }
            try await poll(history, "old", at: 0, uuid: nil, .status(.succeeded, start: 1, end: 2))
            try await poll(history, "new", at: 100, uuid: "u-1", .status(.succeeded, start: 1, end: 2))
            _ = try await history.database.mergeVCenter("old", into: "new")
            #expect(
                try history.query(
                    """
                    SELECT v.moid, v.instance_uuid, v.is_current, count(p.run_id) FROM virtual_machine AS v
                    JOIN poll AS p ON p.vm_id = v.id GROUP BY v.id ORDER BY v.instance_uuid
                    """) == expected, "\(uuid)")
            #expect(try history.query("SELECT name FROM vcenter") == ["new"])
        }
    }

    @Test func `the VMs of a rebuilt vCenter are identified again, a limited number in each run`() async throws {
        let history = try TemporaryHistory()
        try await recognize(history, "old", uuid: "v-1")
        try await recognize(history, "new", uuid: "v-2")
        let count = VirtualMachineIdentities.maximumRequests + 200
        let list = VirtualMachineList(
            (0..<count).map { VirtualMachine(id: "vm-\($0)", name: "web") }, isWhole: true)
        func run(_ hour: Double) async throws -> Int {
            let run = try await history.database.beginRun(
                vCenter: "new", endpoint: .customizationLive, at: .epoch(hour * 3600))
            let doubts = try await history.database.virtualMachinesInDoubt(among: list, in: run)
            let answers = Dictionary(
                uniqueKeysWithValues: doubts.map { ($0, VirtualMachineIdentity(vm: $0, instanceUUID: "u-\($0)")) })
            let unidentified = try await history.database.record(
                list, identifiedAs: answers, in: run, at: .epoch(hour * 3600))
            try await history.database.record(
                unidentified.map { VirtualMachineIdentity(vm: $0, instanceUUID: "u-\($0)") }, in: run)
            return doubts.count
        }
        #expect(try await run(0) == 0)
        #expect(try await run(1) == 0)
        _ = try await history.database.mergeVCenter("old", into: "new")
        #expect(try await run(2) == VirtualMachineIdentities.maximumRequests)
        #expect(try await run(3) == 200)
        #expect(try await run(4) == 0)
        #expect(try history.query("SELECT count(*) FROM virtual_machine") == ["\(count)"])
    }
}

import GRDB
import GuestCustomization
import TestSupport
import Testing

@testable import HistoryStore

@Suite struct AttributeTests {
    private static let answer = Answer.status(.succeeded, start: 0, end: 1)

    @Test func `a row is written only when something about a VM has changed`() async throws {
        let history = try TemporaryHistory()
        try await history.run(at: .epoch(0), telling: [.vm("vm-1", on: "esx-1"), .vm("vm-2", on: "esx-1")])
        let before = try history.query("SELECT total_changes(), (SELECT count(*) FROM attribute_change)")
        #expect(before == ["0|2"])
        try await history.run(at: .epoch(100), telling: [.vm("vm-1", on: "esx-1"), .vm("vm-2", on: "esx-2")])
        try await history.run(at: .epoch(200), telling: [.vm("vm-1", on: "esx-1"), .vm("vm-2", on: "esx-2")])
        #expect(
            try history.query(
                "SELECT vm, since, until, host, guest_os, cluster, is_template, run_id FROM virtual_machine_attribute_history ORDER BY vm, since"
            ) == [
                "vm-1|2026-11-01T00:00:00.000Z|NULL|esx-1|Debian|NULL|0|1",
                "vm-2|2026-11-01T00:00:00.000Z|2026-11-01T00:01:40.000Z|esx-1|Debian|NULL|0|1",
                "vm-2|2026-11-01T00:01:40.000Z|NULL|esx-2|Debian|NULL|0|2",
            ])
        #expect(try history.query("SELECT count(*) FROM attribute_text") == ["3"])
        #expect(try history.database.verify().runs == 3)
    }

    @Test func `what the vCenter no longer tells is unknown from then on, and a VM that it does not mention stays as it was`()
        async throws
    {
        let history = try TemporaryHistory()
        try await history.run(at: .epoch(0), telling: [.vm("vm-1", on: "esx-1"), .vm("vm-2", on: "esx-2")])
        try await history.run(at: .epoch(100), telling: [.vm("vm-1", on: nil)])
        #expect(
            try history.query("SELECT vm, host, run_id FROM virtual_machine_attribute_history ORDER BY vm, since") == [
                "vm-1|esx-1|1", "vm-1|NULL|2", "vm-2|esx-2|1",
            ])
    }

    @Test func `a VM of which nothing is known has no row`() async throws {
        let history = try TemporaryHistory()
        try await history.run(at: .epoch(0), telling: [VirtualMachineAttributes(vm: "vm-1"), .vm("vm-9", on: "x")])
        #expect(try history.query("SELECT count(*) FROM attribute_change") == ["0"])
        #expect(try history.database.attributes(matching: ReportFilter(), since: .epoch(0)).isEmpty)
    }

    @Test func `nothing is recorded of a VM whose managed object id means another one`() async throws {
        let history = try TemporaryHistory()
        let run = try await history.begin(at: .epoch(0))
        try await history.database.record([VirtualMachineIdentity(vm: "vm-1", instanceUUID: "one")], in: run)
        var told = VirtualMachineAttributes.vm("vm-1", on: "esx-1")
        told.instanceUUID = "two"
        try await history.tell([told, told, .vm("vm-2", on: "esx-2"), .vm("vm-2", on: "esx-3")], in: run)
        #expect(try history.query("SELECT vm, host FROM virtual_machine_attribute_history") == ["vm-2|esx-2"])
    }

    @Test func `texts are cut to a bound, and hostile ones change nothing else`() async throws {
        let history = try TemporaryHistory()
        let evil = "a\0b'; DROP TABLE answer; --" + String(repeating: "é", count: 2000)
        try await history.run(at: .epoch(0), telling: [.vm("vm-1", on: evil)])
        let host = try #require(try history.database.values(of: .host).first)
        #expect(host.utf8.count <= 1002 && host.hasPrefix("a\u{FFFD}b'; DROP"))
        try await history.run(at: .epoch(1), telling: [.vm("vm-1", on: evil)])
        #expect(try history.query("SELECT count(*) FROM attribute_change") == ["1"])
        #expect(try history.database.verify().runs == 2)
    }

    @Test func `the source of a VM is recorded once, and the events are read on from where they ended`() async throws {
        let history = try TemporaryHistory()
        #expect(try history.database.sourcesEnd(of: "vc") == EventPosition())
        let end = EventPosition(key: 7, time: .epoch(9))
        for start in [0.0, 100] {
            let run = try await history.begin(at: .epoch(start))
            var told = ToldInventory()
            told.add([.of("vm-1", key: 5, "golden"), .of("vm-9", key: 6, "unlisted"), .of("vm-2", key: -1, "odd")], upTo: end)
            try await history.database.record(told, in: run)
            try await history.finish(run)
        }
        #expect(
            try history.query("SELECT vm, source, created_at, event_key, run_id FROM virtual_machine_source_history") == [
                "vm-1|golden|2026-11-01T00:00:05.000Z|5|1"
            ])
        #expect(try history.database.sourcesEnd(of: "vc") == end)
        let run = try await history.begin(at: .epoch(200))
        var told = ToldInventory()
        told.add([.of("vm-1", key: 8, "later")], upTo: end)
        try await history.database.record(told, in: run)
        #expect(try history.query("SELECT source FROM virtual_machine_source_history") == ["later"])
    }

    @Test(arguments: [
        "UPDATE attribute_change SET host_id = NULL", "DELETE FROM attribute_change", "DELETE FROM attribute_text",
        "UPDATE attribute_text SET text = 'x'", "UPDATE virtual_machine_source SET event_key = 1",
        "DELETE FROM virtual_machine_source",
    ])
    func `what was recorded of VMs is append-only, and without the triggers verify finds the change`(_ change: String)
        async throws
    {
        let history = try TemporaryHistory()
        let run = try await history.begin(at: .epoch(0))
        var told = ToldInventory()
        told.add(AttributePage(virtualMachines: [.vm("vm-1", on: "esx-1"), .vm("vm-2", on: "esx-1")]))
        told.add([.of("vm-1", key: 5, "golden")], upTo: EventPosition(key: 5))
        try await history.database.record(told, in: run)
        try await history.finish(run)
        _ = try history.database.verify()
        let queue = try DatabaseQueue(path: history.path)
        await #expect(throws: DatabaseError.self) { try await queue.write { try $0.execute(sql: change) } }
        try await queue.writeWithoutTransaction { db in
            let triggers = try Row.fetchAll(db, sql: "SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'")
            try db.execute(sql: "PRAGMA foreign_keys = OFF; BEGIN")
            for trigger in triggers { try db.execute(sql: "DROP TRIGGER \(trigger["name"] as String)") }
            try db.execute(sql: change.replacing("= 'x'", with: "= text || 'x'"))
            for trigger in triggers { try db.execute(sql: trigger["sql"] as String) }
            try db.execute(sql: "COMMIT")
        }
        try history.reopen()
        #expect(throws: (any Error).self) { try history.database.verify() }
    }

    @Test func `the record of a run that found nothing about VMs does not mention that`() async throws {
        let history = try TemporaryHistory()
        try await history.run(at: .epoch(0), telling: [.vm("vm-1", on: "esx-1")])
        try await history.run(at: .epoch(1), telling: [.vm("vm-1", on: "esx-1")])
        #expect(
            try history.query("SELECT record ->> 'attribute_changes', record ->> 'attributes_root' IS NULL FROM seal_history")
                == ["1|0", "NULL|1"])
    }

    @Test func `merging two vCenters joins what was known of their VMs`() async throws {
        let history = try TemporaryHistory()
        try await history.run(at: .epoch(0), vCenter: "a", telling: [.vm("vm-1", on: "esx-1")])
        try await history.run(at: .epoch(1), vCenter: "b", telling: [.vm("vm-1", on: "esx-1"), .vm("vm-2", on: "esx-2")])
        try await history.run(at: .epoch(2), vCenter: "a", telling: [.vm("vm-1", on: "esx-3")])
        _ = try await history.database.mergeVCenter("a", into: "b")
        #expect(
            try history.query("SELECT vcenter, vm, host, run_id FROM virtual_machine_attribute_history ORDER BY vm, run_id")
                == ["b|vm-1|esx-1|1", "b|vm-1|esx-1|2", "b|vm-1|esx-3|3", "b|vm-2|esx-2|2"])
        #expect(try history.query("PRAGMA foreign_key_check").isEmpty)
        #expect(try history.database.verify().runs == 3)
        try await history.database.rebuildCustomizations()
        #expect(try history.database.verify().runs == 3)
    }
}

extension TemporaryHistory {
    func begin(at start: Timestamp, vCenter: String = "vc") async throws -> CollectionRunID {
        let run = try await database.beginRun(vCenter: vCenter, endpoint: .customizationLive, at: start)
        let vms = ["vm-1", "vm-2"].map { VirtualMachine(id: $0, name: "name of \($0)") }
        _ = try await database.record(VirtualMachineList(vms, isWhole: true), in: run, at: start)
        return run
    }

    func tell(_ vms: [VirtualMachineAttributes], in run: CollectionRunID) async throws {
        var told = ToldInventory()
        told.add(AttributePage(virtualMachines: vms))
        try await database.record(told, in: run)
    }

    func finish(_ run: CollectionRunID) async throws {
        try await database.finishRun(run, as: CollectionRunEnd(outcome: .complete, finishedAt: .epoch(1_000)))
    }

    /// A run without polls over vm-1 and vm-2.
    func run(at start: Timestamp, vCenter: String = "vc", telling vms: [VirtualMachineAttributes]) async throws {
        let run = try await begin(at: start, vCenter: vCenter)
        try await tell(vms, in: run)
        try await finish(run)
    }
}

extension VirtualMachineAttributes {
    static func vm(_ id: String, on host: String?) -> VirtualMachineAttributes {
        var vm = VirtualMachineAttributes(vm: id)
        (vm.host, vm.guestOS, vm.isTemplate) = (host, "Debian", false)
        return vm
    }
}

extension VirtualMachineSource {
    static func of(_ vm: String, key: Int64, _ source: String) -> VirtualMachineSource {
        VirtualMachineSource(vm: vm, key: key, createdAt: .epoch(Double(key)), source: InventoryName(raw: source))
    }
}

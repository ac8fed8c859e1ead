import Foundation
import GRDB
import GuestCustomization
import TestSupport
import Testing

@testable import HistoryStore

/// A file may come from anyone: whatever stands in a column, it is read for what it is or refused, by its table, column and row.
@Suite struct HostileValueTests {
    @Test func `any value in any column is read or refused by name, by everything that reads or writes a history`()
        async throws
    {
        let seed: UInt64 = 2_935_492_447
        var random = SeededGenerator(seed: seed)
        let altered = try await AlteredHistory()
        var refusals: [String: Int] = [:]
        for column in try altered.columns() {
            for number in 0..<4 {
                let value = random.pick(AlteredHistory.hostileValues)
                let everywhere = Bool.random(using: &random)
                let changed =
                    number == 0
                    ? try altered.alter(column, to: AlteredHistory.brokenText, everywhere: everywhere)
                    : try altered.alter(column, to: "?", arguments: [value], everywhere: everywhere)
                guard changed > 0 else { continue }
                let what =
                    "seed \(seed): \(column) = \(number == 0 ? AlteredHistory.brokenText : String("\(value)".prefix(60)))"
                for error in await Self.uses(of: altered.path) {
                    guard let error = error as? HistoryError else {
                        Issue.record("\(what): \(error)")
                        continue
                    }
                    refusals["\(column)", default: 0] += 1
                    #expect(
                        [
                            .damaged, .editedMigration, .newerSchema, .vCenterName, .otherVCenter, .runEnded,
                            .vCenterHeld,
                        ]
                        .contains(error.code), "\(what): \(error)")
                    if error.code == .damaged { Self.expectPlace(error.message, column, what) }
                }
            }
        }
        // Nearly every column is read by something.
        #expect(refusals.count > 60, "seed \(seed): \(refusals)")
    }

    private static func expectPlace(_ message: String, _ column: AlteredHistory.Column, _ what: String) {
        let names = [
            "\(column) ", "\(column.table) has no", "names no row of \(column.table) in", "table \(column.table) ",
            "table endpoint, duration_bound or block_position",
        ]
        // A wrong value in one column may first show in another one.
        let others = ["collection_run": "collection_run.sequence does not follow", "tree": "that of the tree"]
        let isNamed = (names + [others[column.table]].compactMap(\.self)).contains { message.contains($0) }
        #expect(isNamed, "\(what): \(message)")
        #expect(
            message.unicodeScalars.allSatisfy { (" "..."~").contains($0) } && !message.contains("evil")
                && message.count < 600, "\(what): \(message)")
    }

    /// Everything that is done with a history, each on its own; what was thrown.
    private static func uses(of path: String) async -> [any Error] {
        var errors: [any Error] = []
        func attempt(_ body: () async throws -> Void) async {
            do { try await body() } catch { errors.append(error) }
        }
        await attempt {
            let history = try TemporaryHistory.open(path, .readOnly)
            for read in reads { await attempt { try await read(history) } }
            try history.close()
        }
        for write in writes {
            await attempt {
                let history = try TemporaryHistory.open(path)
                await attempt { try await write(history) }
                try history.close()
            }
        }
        return errors
    }

    private static let window = ReportWindow(since: .epoch(-3600), until: .epoch(4 * 3600))

    private static let reads: [@Sendable (HistoryDatabase) async throws -> Void] = [
        { _ = try Report(of: $0, window: window, comparing: true, generatedAt: window.until) },
        {
            _ = try Report(
                of: $0, window: window, matching: ReportFilter(vms: ["name*"], vCenters: ["vc"]),
                generatedAt: window.until)
        },
        { _ = try $0.metrics(on: window) },
        { _ = try $0.runReport(on: window, limit: 100, generatedAt: window.until) },
        { history in
            for machine in try history.virtualMachines(called: "vm-2") {
                _ = try history.history(of: machine, limit: 10)
            }
        },
        { _ = try $0.vCenters() }, { _ = try $0.vCenterNames() }, { _ = try $0.virtualMachineNames() },
        { _ = try $0.patterns(matchingNoVM: ReportFilter(vms: ["name*"])) },
        { _ = try $0.endpoints(polledOn: "vc") }, { _ = try await $0.runUnderWay(at: "vc") },
        { _ = try $0.clockStep(at: CollectionRunID(rawValue: 3)) },
    ]

    private static let writes: [@Sendable (HistoryDatabase) async throws -> Void] = [
        { history in
            let reached = ReachedVCenter(
                name: "vc", isNameGiven: true, address: "vc.example.org:443", instanceUUID: "c0ffee")
            guard let claimed = try await history.claimCollecting(from: reached, at: .epoch(20_000)) else { return }
            let run = try await history.beginRun(
                vCenter: claimed.name, endpoint: .customizationLive, at: .epoch(20_000))
            let list = VirtualMachineList(
                (2...4).map { VirtualMachine(id: "vm-\($0)", name: "now \($0)") }, isWhole: true)
            _ = try await history.virtualMachinesListed(before: run, .all)
            _ = try await history.virtualMachinesInDoubt(among: list, in: run)
            try await history.record([VirtualMachineIdentity(vm: "vm-2", instanceUUID: "abc9")], in: run)
            try await history.record(list, in: run, at: .epoch(20_001))
            let answer = Answer.status(.failed, start: 3 * 3600, end: 3 * 3600 + 95)
            try await history.append(
                ["vm-1", "vm-2", "vm-3"].map { Poll(vm: $0, polledAt: .epoch(20_002), answer: answer) }, to: run)
            try await history.finishRun(run, as: CollectionRunEnd(outcome: .complete, finishedAt: .epoch(20_010)))
        },
        { try await $0.rebuildCustomizations() },
        { try await $0.renameVCenter("other", to: "another") },
        { _ = try await $0.mergeVCenter("another", into: "vc") },
    ]

    @Test func `a reference to a missing row is refused, by the row that has it`() async throws {
        let altered = try await AlteredHistory()
        let references: [(String, String)] = [
            ("customization", "answer_id"), ("customization", "virtual_machine_endpoint_id"),
            ("virtual_machine_endpoint", "vm_id"), ("virtual_machine", "vcenter_id"), ("collection_run", "vcenter_id"),
        ]
        for (table, column) in references {
            let column = AlteredHistory.Column(table: table, name: column)
            #expect(try altered.alter(column, to: "4711", everywhere: false) > 0)
            let errors = await Self.uses(of: altered.path).compactMap { $0 as? HistoryError }
            #expect(!errors.isEmpty && errors.allSatisfy { $0.code == .damaged }, "\(column): \(errors)")
            #expect(errors.contains { $0.message.contains("\(column) names no row of ") }, "\(column): \(errors)")
        }
    }

    @Test(arguments: ["4711", "'failed'", "1e300", "NULL"])
    func `a report on successes notices that their answers are missing`(value: String) async throws {
        let altered = try await AlteredHistory()
        #expect(try altered.alter(.init(table: "customization", name: "answer_id"), to: value, everywhere: true) > 0)
        let history = try TemporaryHistory.open(altered.path, .readOnly)
        defer { try? history.close() }
        let error = #expect(throws: HistoryError.self) {
            try Report(of: history, window: Self.window, generatedAt: Self.window.until)
        }
        #expect(
            error?.code == .damaged && error?.message.contains("customization.answer_id ") == true, "\(error as Any)")
    }

    @Test func `every column of every table has a rule`() async throws {
        let columns = try await AlteredHistory().columns().map { "\($0)" }
        #expect(
            Set(columns) == Set(StoredTable.all.flatMap { table in table.columns.map { "\(table.name).\($0.name)" } }))
        let altered = try await AlteredHistory()
        let found = try DatabaseQueue(path: altered.sound).inDatabase { StoredTable.firstFault($0) }
        #expect(found == nil)
    }
}

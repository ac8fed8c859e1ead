import GRDB
import GuestCustomization
import TestSupport
import Testing

@testable import HistoryStore

@Suite struct ExportTests {
    private static func rows(
        _ table: ExportedTable, of database: HistoryDatabase, after: ExportCursor?, through: ExportCursor? = nil,
        since: Timestamp? = nil, until: Timestamp? = nil
    ) throws -> [ExportedRow] {
        var rows: [ExportedRow] = []
        let through = try through ?? database.exportCursor()
        try database.export(table, ExportSelection(after: after, through: through, since: since, until: until)) {
            rows += $0
        }
        return rows
    }

    /// Begins a run with one poll of each VM.
    private static func begin(
        _ history: TemporaryHistory, at start: Timestamp, vCenter: String, vms: [String]
    ) async throws -> CollectionRunID {
        let run = try await history.database.beginRun(vCenter: vCenter, endpoint: .customizationLive, at: start)
        _ = try await history.database.record(
            VirtualMachineList(vms.map { VirtualMachine(id: $0, name: $0) }, isWhole: true), in: run, at: start)
        try await append(history, vms, to: run, at: start)
        return run
    }

    private static func append(
        _ history: TemporaryHistory, _ vms: [String], to run: CollectionRunID, at start: Timestamp
    ) async throws {
        try await history.database.append(
            vms.map { Poll(vm: $0, polledAt: start.advanced(bySeconds: 1), answer: .status(.running, start: -1)) },
            to: run)
    }

    @Test func `a run that was open at one export is in the next one, whole, and no run is in two`() async throws {
        let history = try TemporaryHistory()
        let database = history.database
        let slow = try await Self.begin(history, at: .epoch(0), vCenter: "slow", vms: ["a", "b"])
        try await history.run(at: .epoch(10), vCenter: "fast", [("c", .status(.notAvailable))])
        let first = try database.exportCursor()
        #expect(first == ExportCursor(latest: 2, open: [slow.rawValue]))
        #expect(try Self.rows(.pollHistory, of: database, after: nil).map { $0[0] } == [.integer(2)])

        // More polls of the open run come after the export.
        _ = try await history.database.record(
            VirtualMachineList(["a", "b", "d"].map { VirtualMachine(id: $0, name: $0) }, isWhole: true), in: slow,
            at: .epoch(20))
        try await Self.append(history, ["d"], to: slow, at: .epoch(20))
        #expect(try Self.rows(.pollHistory, of: database, after: first).isEmpty)
        try await database.finishRun(slow, as: CollectionRunEnd(outcome: .complete, finishedAt: .epoch(30)))
        try await history.run(at: .epoch(40), vCenter: "fast", [("c", .status(.notAvailable))])
        let second = try database.exportCursor()
        #expect(second == ExportCursor(latest: 3))
        let polls = try Self.rows(.pollHistory, of: database, after: first)
        #expect(polls.map { $0[0] } == [.integer(1), .integer(1), .integer(1), .integer(3)])
        #expect(try Self.rows(.polls, of: database, after: first).count == 4)
        #expect(try Self.rows(.runs, of: database, after: first).map { $0[0] } == [.integer(1), .integer(3)])
        #expect(try Self.rows(.pollHistory, of: database, after: second).isEmpty)
    }

    @Test func `a run that begins or ends during an export belongs to the next one`() async throws {
        let history = try TemporaryHistory()
        let slow = try await Self.begin(history, at: .epoch(0), vCenter: "slow", vms: ["a"])
        let cursor = try history.database.exportCursor()
        try await history.database.finishRun(slow, as: CollectionRunEnd(outcome: .complete, finishedAt: .epoch(30)))
        try await history.run(at: .epoch(40), [("c", .status(.notAvailable))])
        #expect(try Self.rows(.pollHistory, of: history.database, after: nil, through: cursor).isEmpty)
        #expect(
            try Self.rows(.pollHistory, of: history.database, after: cursor).map { $0[0] } == [
                .integer(1), .integer(2),
            ])
    }

    @Test func `a window takes polls by their instant, whenever their run began`() async throws {
        let history = try TemporaryHistory()
        for minute in 0..<6 {
            try await history.run(
                at: .epoch(Double(minute) * 60), [("a", .status(.notAvailable)), ("b", .status(.notAvailable))])
        }
        let rows = try Self.rows(.pollHistory, of: history.database, after: nil, since: .epoch(62), until: .epoch(182))
        #expect(
            rows.map { $0[5] } == [62, 121, 122, 181].map { .time(.epoch($0)) })
    }

    @Test func `every customization that changed is exported again, and of the others only the current ones`()
        async throws
    {
        let history = try TemporaryHistory()
        let ended = Answer.status(.succeeded, start: -60, end: -30)
        try await history.run(
            at: .epoch(0), [("same", ended), ("changes", ended), ("goes", .status(.running, start: -1))])
        try await history.run(
            at: .epoch(60), [("same", .status(.idle)), ("changes", ended), ("goes", .status(.running, start: -1))])
        let cursor = try history.database.exportCursor()
        try await history.run(at: .epoch(120), [("same", .status(.idle)), ("changes", .status(.pending))])
        let rows = try Self.rows(.customizations, of: history.database, after: cursor)
        #expect(
            rows.map { [$0[4], $0[14]] } == [
                [.text("succeeded"), .flag(true)], [.text("pending"), .flag(true)], [.text("lost"), .flag(true)],
            ])
        #expect(try Self.rows(.customizations, of: history.database, after: nil).count == 4)
    }

    @Test func `the export has the rows and columns of the views`() async throws {
        let history = try TemporaryHistory()
        for number in 0..<3 {
            try await history.run(
                at: .epoch(Double(number) * 60),
                [
                    (
                        "a",
                        .status(.failed, start: Double(number), end: Double(number) + 0.25, error: .text("it broke"))
                    ),
                    ("b", .nothing(.timedOut)), ("c", .status(.pending)),
                ])
        }
        for (table, view) in [
            (ExportedTable.pollHistory, "poll_history"), (.customizationHistory, "customization_history"),
        ] {
            let columns = history.database.columns(of: table)
            #expect(try history.query("SELECT name FROM pragma_table_info('\(view)')") == columns)
            let rows = try Self.rows(table, of: history.database, after: nil).map { row in
                row.map { value in
                    switch value {
                    case .null: "NULL"
                    case .text(let text): text
                    case .integer(let number): "\(number)"
                    case .real(let number): "\(number)"
                    case .time(let time): time.rfc3339
                    case .flag(let flag): flag ? "1" : "0"
                    }
                }.joined(separator: "|")
            }
            #expect(try rows.sorted() == history.query("SELECT * FROM \(view)").sorted())
        }
    }

    @Test func `a piece ends with its transaction, so the log is emptied while a reader takes its time`() async throws {
        let history = try TemporaryHistory()
        for number in 0..<4 {
            try await history.run(
                at: .epoch(Double(number) * 60), (0..<3000).map { ("vm-\($0)", .status(.notAvailable)) })
        }
        let reader = try TemporaryHistory.open(history.path, .readOnly)
        let writer = try DatabaseQueue(path: history.path)
        var pieces = 0
        try reader.export(.pollHistory, ExportSelection(after: nil, through: reader.exportCursor())) { rows in
            pieces += 1
            #expect(rows.count == 3000)
            let checkpoint = try writer.writeWithoutTransaction {
                try Row.fetchOne($0, sql: "PRAGMA wal_checkpoint(TRUNCATE)")
            }
            // Its first column is 1 if a reader still needs the log.
            #expect(checkpoint?[0] == 0)
        }
        #expect(pieces == 4)
    }
}

import Foundation
import GRDB
import GuestCustomization
import TestSupport
import Testing

@testable import HistoryStore
@testable import Migrations

@Suite struct RecordingTests {
    @Test func `a killed run keeps true figures and is marked by the next one, and its late polls are refused`()
        async throws
    {
        let history = try TemporaryHistory()
        let killed = try await history.database.beginRun(vCenter: "vc", endpoint: .customizationLive, at: .epoch(0))
        try await history.database.append(
            [Poll(vm: "vm-1", polledAt: .epoch(1), answer: .nothing(.unreachable))], to: killed)
        let other = try await history.database.beginRun(vCenter: "vc", endpoint: .customization, at: .epoch(2))
        try history.reopen()
        _ = try await history.database.beginRun(vCenter: "vc", endpoint: .customizationLive, at: .epoch(3600))
        #expect(
            try history.query(
                "SELECT run_id, finished_at, outcome, vms, polls, failed_polls FROM collection_run_history") == [
                    "1|NULL|interrupted|0|1|1", "2|NULL|running|0|0|0", "3|NULL|running|0|0|0",
                ])
        await #expect {
            try await history.database.append(
                [Poll(vm: "vm-2", polledAt: .epoch(4000), answer: .status(.idle))], to: killed)
        } throws: {
            ($0 as? HistoryError)?.code == .runEnded
        }
        try await history.database.finishRun(
            other, as: CollectionRunEnd(outcome: .failed, finishedAt: .epoch(5), failure: "why"))
        #expect(try history.query("SELECT count(*) FROM poll") == ["1"])
    }

    @Test func `a run that another process has marked as interrupted accepts no more polls`() async throws {
        let history = try TemporaryHistory()
        let run = try await history.database.beginRun(vCenter: "vc", endpoint: .customizationLive, at: .epoch(0))
        let polls = ["vm-1", "vm-2"].map { Poll(vm: $0, polledAt: .epoch(1), answer: .status(.running, start: 0)) }
        try await history.database.append([polls[0]], to: run)
        let other = try TemporaryHistory.open(history.path)
        _ = try await other.beginRun(vCenter: "vc", endpoint: .customizationLive, at: .epoch(3600))
        try other.close()
        await #expect {
            try await history.database.append([polls[1]], to: run)
        } throws: {
            ($0 as? HistoryError)?.code == .runEnded
        }
        #expect(
            try history.query("SELECT run_id, outcome, polls FROM collection_run_history") == [
                "1|interrupted|1", "2|running|0",
            ])
        #expect(try history.query("SELECT count(*) FROM poll") == ["1"])
    }

    @Test func `VMs are told apart by the whole of their ids, short or long`() async throws {
        let history = try TemporaryHistory()
        let ids = (1...40).flatMap { length in ["v", "w"].map { String(repeating: "v", count: length - 1) + $0 } }
        let polls = ids.map { ($0, Answer(result: .invalid, httpStatus: 200, failure: .text($0))) }
        try await history.run(at: .epoch(0), polls)
        try await history.run(at: .epoch(3600), polls.reversed())
        let same = try history.query("SELECT count(*) FROM poll_history WHERE vm = error_message")
        #expect(same == [String(2 * ids.count)])
        #expect(try history.query("SELECT count(*) FROM answer_change") == [String(ids.count)])
    }

    @Test func `each distinct answer is stored once, as it was received`() async throws {
        let history = try TemporaryHistory()
        func answer(_ body: [UInt8]?, http: Int = 200) -> Answer {
            Answer(result: .invalid, httpStatus: http, failure: .text("not JSON"), body: body)
        }
        let text = Array("{\"ä\": 1}".utf8)
        try await history.run(
            at: .epoch(0),
            [
                ("vm-1", answer(text)), ("vm-2", answer(text)), ("vm-3", answer(text, http: 500)),
                ("vm-4", answer([0x7B, 0xFF])), ("vm-5", answer([0x7B, 0])), ("vm-6", answer([])),
                ("vm-7", answer(nil)),
            ])
        try history.reopen()
        try await history.run(at: .epoch(3600), [("vm-1", answer(text)), ("vm-7", answer(nil))])
        #expect(
            try history.query("SELECT http_status, raw, typeof(raw) FROM answer ORDER BY id") == [
                "200|{\"ä\": 1}|text", "500|{\"ä\": 1}|text", "200|x7bff|blob", "200|x7b0|blob", "200||text",
                "200|NULL|null",
            ])
        #expect(try history.query("SELECT count(*) FROM poll") == ["9"])
    }

    @Test func `a failed batch leaves nothing, and the next one is recorded`() async throws {
        let history = try TemporaryHistory()
        let run = try await history.database.beginRun(vCenter: "vc", endpoint: .customizationLive, at: .epoch(0))
        let poll = Poll(vm: "vm-1", polledAt: .epoch(1), answer: .status(.running, start: 0))
        await #expect(throws: HistoryError.self) { try await history.database.append([poll, poll], to: run) }
        #expect(try history.query("SELECT count(*) FROM virtual_machine") == ["0"])
        try await history.database.append([poll], to: run)
        #expect(try history.query("SELECT outcome, polls FROM customization_history") == ["running|1"])
    }

    @Test func `each rename adds a row, even one back to an earlier name`() async throws {
        let history = try TemporaryHistory()
        for (hour, name) in ["a", "a", "b\0", "b\0", "a"].enumerated() {
            try await history.run(
                at: .epoch(Double(hour) * 3600), listing: [VirtualMachine(id: "vm\0-1", name: name)], [])
        }
        #expect(
            try history.query("SELECT name, first_seen_ms / 3600000 FROM virtual_machine_name ORDER BY id") == [
                "a|498192", "b\u{FFFD}|498194", "a|498196",
            ])
        #expect(try history.query("SELECT moid, name FROM virtual_machine") == ["vm\u{FFFD}-1|a"])
    }

    @Test
    func
        `another process that still writes when a run is stopped is reported as that, and the polls can be appended after`()
        async throws
    {
        let history = try TemporaryHistory()
        let impatient = try HistoryDatabase.open(
            history.path, access: .readWrite(create: false), toolVersion: "1",
            waiting: .init(timeout: .milliseconds(50), clock: ManualClock(.skipped).steady),
            at: .epoch(0))
        let run = try await impatient.beginRun(vCenter: "vc", endpoint: .customizationLive, at: .epoch(0))
        let poll = Poll(vm: "vm-1", polledAt: .epoch(1), answer: .status(.running, start: 0))
        var configuration = Configuration()
        configuration.allowsUnsafeTransactions = true
        let other = try DatabaseQueue(path: history.path, configuration: configuration)
        try await other.writeWithoutTransaction { try $0.execute(sql: "BEGIN IMMEDIATE") }
        let stopped = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            try await impatient.append([poll], to: run)
        }
        await #expect {
            try await stopped.value
        } throws: {
            let error = $0 as? HistoryError
            return error?.code == .busy
                && error?.message
                    == "cannot append polls to \(history.path): another process holds the database; wait until it is done and run this again (SQLite says: database is locked, code 5)"
        }
        try await other.writeWithoutTransaction { try $0.execute(sql: "ROLLBACK") }
        try await impatient.append([poll], to: run)
        #expect(try history.query("SELECT outcome, polls FROM customization_history") == ["running|1"])
        try impatient.close()
    }

    @Test func `customizations that another process rebuilds during a run are found by their new row ids`() async throws
    {
        let history = try TemporaryHistory()
        let polls = ["vm-1", "vm-2"].map { ($0, Answer.status(.running, start: 0)) }
        try await history.run(at: .epoch(0), [polls[1]])
        try await history.run(at: .epoch(60), [polls[0]])
        let run = try await history.database.beginRun(vCenter: "vc", endpoint: .customizationLive, at: .epoch(3600))
        let list = VirtualMachineList(["vm-1", "vm-2"].map { VirtualMachine(id: $0, name: $0) }, isWhole: true)
        _ = try await history.database.record(list, in: run, at: .epoch(3600))
        let other = try TemporaryHistory.open(history.path)
        // As a rebuild may number them.
        try await other.queue.writeWithoutTransaction { db in
            try db.execute(
                sql: """
                    PRAGMA foreign_keys = OFF;
                    UPDATE customization SET id = id + 100;
                    UPDATE latest_answer SET customization_id = customization_id + 100;
                    PRAGMA foreign_keys = ON;
                    """)
        }
        try other.close()
        try await history.database.append(
            ["vm-1", "vm-2"].map {
                Poll(vm: $0, polledAt: .epoch(3601), answer: .status(.succeeded, start: 0, end: 9))
            }, to: run)
        #expect(
            try history.query("SELECT vm, outcome, polls FROM customization_history ORDER BY vm") == [
                "vm-1|succeeded|2", "vm-2|succeeded|2",
            ])
    }

    @Test(arguments: [1, 23, 341, 683])
    func `batches of any size record each poll and the latest report of each VM`(count: Int) async throws {
        let history = try TemporaryHistory()
        let polls = (0..<count).map { ("vm-\($0)", Answer.status(.succeeded, start: Double($0), end: Double($0 + 1))) }
        for hour in 0..<2 { try await history.run(at: .epoch(Double(hour) * 3600), polls) }
        let lines = try history.query("SELECT vm, run_id, start_time, polled_at FROM poll_history")
        #expect(Set(lines).count == 2 * count && lines.count == 2 * count)
        #expect(
            try history.query(
                "SELECT count(*), sum(polls), count(DISTINCT last_polled_at), min(last_polled_at) FROM customization_history"
            ) == ["\(count)|\(2 * count)|\(count)|2026-11-01T01:00:01.000Z"])
    }

    @Test func `a listing of many VMs loads what is known of each, including names`() async throws {
        let history = try TemporaryHistory()
        let vms = (0..<150).map { VirtualMachine(id: "vm-\($0)", name: "vm-\($0)") }
        for hour in 0..<3 {
            try await history.run(
                at: .epoch(Double(hour) * 3600), listing: Array(vms.dropFirst(hour)),
                vms.dropFirst(hour).map { ($0.id, .status(.running, start: 0)) })
            try history.reopen()
        }
        #expect(
            try history.query("SELECT polls, count(*) FROM customization_history GROUP BY polls") == [
                "1|1", "2|1", "3|148",
            ])
        #expect(try history.query("SELECT count(*) FROM virtual_machine_name") == ["150"])
        #expect(
            try history.query("SELECT gone_run_id, count(*) FROM virtual_machine_listing GROUP BY 1") == [
                "NULL|148", "2|1", "3|1",
            ])
    }

    @Test(arguments: [true, false])
    func `a damaged file is reported as that, whether pages were overwritten or cut off`(isCut: Bool) async throws {
        let history = try TemporaryHistory()
        try await history.run(at: .epoch(0), (0..<300).map { ("vm-\($0)", .status(.running, start: 0)) })
        try history.database.close()
        let file = try #require(FileHandle(forUpdatingAtPath: history.path))
        if isCut {
            try file.truncate(atOffset: 20 * 4096)
        } else {
            let size = try file.seekToEnd()
            try file.seek(toOffset: 8 * 4096)
            try file.write(contentsOf: Data(repeating: 0xA5, count: Int(size) - 8 * 4096))
        }
        try file.close()
        #expect {
            let reader = try TemporaryHistory.open(history.path, .readOnly)
            _ = try TallyLines.of(reader, since: .epoch(-9_000_000))
        } throws: {
            ($0 as? HistoryError)?.code == .damaged
        }
    }

    @Test func `a full disk is reported as that, and only the batch that failed is missing`() async throws {
        let history = try TemporaryHistory()
        let running = Answer.status(.running, start: 0)
        let vms = (0..<30).map { "vm-\($0)" }
        try await history.run(at: .epoch(0), vms.map { ($0, running) })
        try await history.database.queue.writeWithoutTransaction { try $0.execute(sql: "PRAGMA max_page_count = 1") }
        let run = try await history.database.beginRun(vCenter: "vc", endpoint: .customizationLive, at: .epoch(3600))
        // The first ten need no room.
        let polls = vms.enumerated().map { index, vm in
            let error = CustomizationError.text(String(repeating: vm, count: 500))
            return Poll(
                vm: vm, polledAt: .epoch(3601), answer: index < 10 ? running : .status(.failed, start: 0, error: error))
        }
        await #expect {
            try await history.database.append(polls, to: run)
        } throws: {
            ($0 as? HistoryError)?.code == .full
        }
        #expect(try history.query("SELECT count(*) FROM poll") == ["30"])
        #expect(try history.query("PRAGMA integrity_check") == ["ok"])

        try await history.database.queue.writeWithoutTransaction { try $0.execute(sql: "PRAGMA max_page_count = 9999") }
        try await history.database.append(Array(polls.suffix(5)), to: run)
        #expect(try history.query("SELECT run_id, count(*) FROM poll GROUP BY 1") == ["1|30", "2|5"])
        #expect(
            try history.query("SELECT outcome, polls, count(*) FROM customization_history GROUP BY 1, 2") == [
                "failed|2|5", "running|1|25",
            ])
    }
}

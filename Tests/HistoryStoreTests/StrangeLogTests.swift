import Foundation
import GRDB
import GuestCustomization
import TestSupport
import Testing

@testable import HistoryStore

/// A log (`-wal`) that lies beside a file it was not written for is noticed, whichever of the two is the older one.
@Suite struct StrangeLogTests {
    /// Files of a history as they were when it was copied, as from a machine that lost its power.
    private struct Copy {
        var main: Data
        var log: Data

        init(of path: String) throws {
            main = try Data(contentsOf: URL(fileURLWithPath: path))
            log = try Data(contentsOf: URL(fileURLWithPath: path + "-wal"))
        }
    }

    private func opens(_ main: Data, _ log: Data?) throws -> HistoryError? {
        let directory = try TemporaryDirectory(inMemory: true)
        let path = directory.path("history.db")
        try main.write(to: URL(fileURLWithPath: path))
        try log?.write(to: URL(fileURLWithPath: path + "-wal"))
        var found: HistoryError?
        for access in [HistoryDatabase.Access.readWrite(create: true), .readOnly] {
            do {
                try TemporaryHistory.open(path, access).close()
                #expect(found == nil)
                guard
                    try log == nil
                        || DatabaseQueue(path: path).read({ try String.fetchOne($0, sql: "PRAGMA integrity_check") })
                            == "ok"
                else {
                    Issue.record("mixed")
                    return nil
                }
            } catch let error as HistoryError {
                #expect(error.code == .damaged && error.message.contains("delete \(path)-wal and \(path)-shm"))
                // Nothing was touched.
                #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == main)
                found = error
            }
        }
        return found
    }

    @Test func `a file restored under a log of another state is refused, and one under its own log is not`()
        async throws
    {
        let history = try TemporaryHistory()
        func collect(_ hour: Int) async throws {
            try await history.run(
                at: .epoch(Double(hour * 3600)),
                (0..<20).map { ("vm-\($0)", .status(.succeeded, start: Double(hour), end: Double(hour + 9))) })
        }
        try await collect(1)
        let early = try Copy(of: history.path)
        try await collect(2)
        let sameLog = try Copy(of: history.path)
        // The log is copied to the file, and begins anew.
        try history.reopen()
        try await collect(3)
        let late = try Copy(of: history.path)
        try history.reopen()
        let idle = try Copy(of: history.path)
        #expect(idle.log.isEmpty && !late.log.isEmpty && early.log.count < sameLog.log.count)

        for copy in [early, sameLog, late, idle] {
            #expect(try opens(copy.main, copy.log) == nil)
            #expect(try opens(copy.main, nil) == nil)
        }
        // A log goes on from the file that it began with.
        #expect(try opens(early.main, sameLog.log) == nil)
        #expect(try opens(early.main, late.log) != nil)
        #expect(try opens(sameLog.main, late.log) != nil)
        #expect(try opens(late.main, early.log) != nil)
        #expect(try opens(idle.main, early.log) != nil)
        #expect(try opens(idle.main, sameLog.log) != nil)
        // What the log tells is in the file already.
        #expect(try opens(idle.main, late.log) == nil)
    }

    @Test
    func `a file that part of its log was copied to is accepted with that log, and not with an earlier copy of it`()
        async throws
    {
        let history = try TemporaryHistory()
        try await history.run(at: .epoch(0), [("vm-1", .status(.running))])
        let before = try Copy(of: history.path)
        try await history.run(at: .epoch(3600), [("vm-1", .status(.succeeded, start: 1, end: 2))])
        try await history.database.queue.writeWithoutTransaction {
            try $0.execute(sql: "PRAGMA wal_checkpoint(PASSIVE)")
        }
        let after = try Copy(of: history.path)
        #expect(after.main != before.main && after.log.count > before.log.count)
        #expect(try opens(after.main, after.log) == nil)
        #expect(try opens(before.main, after.log) == nil)
        #expect(try opens(after.main, before.log) != nil)
    }

    @Test func `two histories that were one are accepted with their own logs only`() async throws {
        let history = try TemporaryHistory()
        try await history.run(at: .epoch(0), [("vm-1", .status(.running))])
        try history.reopen()
        let base = try Copy(of: history.path).main
        var branches: [Copy] = []
        for status in [CustomizationStatus.succeeded, .failed] {
            let branch = try TemporaryDirectory(inMemory: true)
            let path = branch.path("history.db")
            try base.write(to: URL(fileURLWithPath: path))
            let database = try TemporaryHistory.open(path)
            for hour in 1...2 {
                let run = try await database.beginRun(vCenter: "vc", endpoint: .customization, at: .epoch(Double(hour)))
                try await database.append(
                    [Poll(vm: "vm-1", polledAt: .epoch(Double(hour) + 1), answer: .status(status, start: 1, end: 2))],
                    to: run)
                if hour == 1 {
                    try await database.queue.writeWithoutTransaction {
                        try $0.execute(sql: "PRAGMA wal_checkpoint(TRUNCATE)")
                    }
                }
            }
            branches.append(try Copy(of: path))
            try database.close()
        }
        #expect(try opens(branches[0].main, branches[0].log) == nil && opens(branches[1].main, branches[1].log) == nil)
        #expect(try opens(branches[0].main, branches[1].log) != nil && opens(branches[1].main, branches[0].log) != nil)
    }

    @Test func `a reader can open the file while a writer continues`() async throws {
        let history = try TemporaryHistory()
        let (path, database) = (history.path, history.database)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                for hour in 0..<200 {
                    let run = try await database.beginRun(
                        vCenter: "vc", endpoint: .customization, at: .epoch(Double(hour)))
                    try await database.append(
                        [
                            Poll(
                                vm: "vm-1", polledAt: .epoch(Double(hour) + 1),
                                answer: .status(.running, start: Double(hour)))
                        ], to: run)
                    if hour.isMultiple(of: 3) {
                        try await database.queue.writeWithoutTransaction {
                            try $0.execute(sql: "PRAGMA wal_checkpoint(PASSIVE)")
                        }
                    }
                }
            }
            group.addTask { for _ in 0..<200 { try CommitMark.requireOwnLog(of: path) } }
            try await group.waitForAll()
        }
    }
}

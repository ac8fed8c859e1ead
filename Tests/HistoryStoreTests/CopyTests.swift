import Foundation
import GuestCustomization
import TestSupport
import Testing

@testable import HistoryStore

@Suite struct CopyTests {
    private static func run(_ history: TemporaryHistory, _ number: Int) async throws {
        try await history.run(
            at: .epoch(Double(number) * 60),
            (0..<40).map {
                ("vm-\($0)", .status(.failed, start: Double(number), error: .text("error \(number) of \($0)")))
            })
    }

    @Test
    func
        `a copy is the history at one instant, and a run that writes meanwhile neither waits nor makes it start again`()
        async throws
    {
        let history = try TemporaryHistory()
        for number in 0..<20 { try await Self.run(history, number) }
        let before = try history.query("SELECT * FROM poll_history")
        let reader = try TemporaryHistory.open(history.path, .readOnly)
        let copy = try history.directory.write("copy.db")
        let writer = try DatabaseWriter(history.path)
        var steps: [Int] = []
        try reader.copy(to: copy, called: "copy.db", pagesPerStep: 4) { progress in
            steps.append(progress.done)
            // It is committed while the copy is under way, or this throws.
            try writer.write(step: steps.count)
        }
        #expect(steps.count > 10 && steps == steps.sorted())
        #expect(try writer.steps() == steps.count)
        try CopyVerification(of: copy, called: "copy.db").run()
        #expect(try history.directory.contents.filter { $0.hasPrefix("copy") } == ["copy.db"])
        let copied = try TemporaryHistory.open(copy, .readOnly)
        let seen = try copied.read("read") { try $0.rows(of: "SELECT count(*) FROM poll_history") { try $0.count(0) } }
        #expect(seen == [before.count])
        #expect(try copied.read("read") { try $0.hasRow("SELECT 1 FROM sqlite_schema WHERE name = 'step'") } == false)
        #expect(try copied.uuid() == history.database.uuid())
    }

    @Test func `a copy that stops at an error of the caller can be deleted at once`() async throws {
        struct Stop: Error {}
        let history = try TemporaryHistory()
        try await Self.run(history, 0)
        let copy = try history.directory.write("copy.db")
        #expect(throws: Stop.self) {
            try history.database.copy(to: copy, called: "copy.db", pagesPerStep: 1) { _ in throw Stop() }
        }
    }

    @Test func `a copy with a broken page or a lost reference is not kept`() async throws {
        let history = try TemporaryHistory()
        for number in 0..<20 { try await Self.run(history, number) }
        for (damage, words) in [
            ("DELETE FROM collection_run WHERE id = 3", "a row of its table"),
            ("DROP VIEW poll_history", "view poll_history is missing"),
        ] {
            let path = history.directory.path("copy.db")
            try? FileManager.default.removeItem(atPath: path)
            try history.directory.write("copy.db")
            try history.database.copy(to: path, called: "copy.db")
            try SQLiteFile(path).execute("PRAGMA foreign_keys = OFF; " + damage)
            let failure = #expect(throws: HistoryError.self) { try CopyVerification(of: path, called: "copy.db").run() }
            #expect(failure?.code == .damaged && failure?.message.contains(words) == true, "\(failure?.message ?? "")")
        }
        let path = try history.directory.write("broken.db")
        try history.database.copy(to: path, called: "broken.db")
        let file = open(path, O_RDWR)
        defer { close(file) }
        let size = Int(lseek(file, 0, SEEK_END))
        for page in stride(from: size / 4096 / 2, to: size / 4096, by: 1) {
            pwrite(file, "damage", 6, off_t(page * 4096))
        }
        #expect(throws: HistoryError.self) { try CopyVerification(of: path, called: "broken.db").run() }
    }
}

/// Another program that commits to a history.
private final class DatabaseWriter {
    private let file: SQLiteFile

    init(_ path: String) throws {
        file = SQLiteFile(path)
        try file.execute("PRAGMA journal_mode")
    }

    func write(step: Int) throws {
        try file.execute("CREATE TABLE IF NOT EXISTS step (number INTEGER); INSERT INTO step VALUES (\(step))")
    }

    func steps() throws -> Int { Int(try file.rows("SELECT count(*) FROM step")[0]) ?? -1 }
}

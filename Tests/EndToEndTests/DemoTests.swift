import Foundation
import TestSupport
import Testing

@Suite struct DemoTests {
    @Test func `the demo fills a history hour by hour and reports on it`() async throws {
        try await TemporaryDirectory.with { directory in
            let run = try await BuiltExecutable.history.run("demo", "--vms", "10", "--days", "2", in: directory)
            #expect(run.termination == .exited(0))
            #expect(run.standardOutput.contains("of them from vCenter's events"), "\(run.standardOutput)")
            #expect(
                try SQLiteFile(directory.path("history-demo.db")).rows(
                    "SELECT outcome, count(*) FROM collection_run_history WHERE endpoint <> 'events' GROUP BY 1") == [
                        "complete|48"
                    ])
            #expect(run.standardOutput.contains("report --since") && run.standardOutput.contains("sqlite3"))
            #expect(FileManager.default.fileExists(atPath: directory.path("history-demo.db")))
        }
    }

    @Test func `a second demo leaves the first history unchanged and says so`() async throws {
        try await TemporaryDirectory.with { directory in
            _ = try await BuiltExecutable.history.run("demo", "--vms", "2", "--days", "1", in: directory)
            let first = try Data(contentsOf: URL(fileURLWithPath: directory.path("history-demo.db")))
            let again = try await BuiltExecutable.history.run("demo", "--vms", "2", "--days", "1", in: directory)
            #expect(again.termination == .exited(0))
            #expect(again.standardError.contains("history-demo.db already exists"))
            #expect(try Data(contentsOf: URL(fileURLWithPath: directory.path("history-demo.db"))) == first)
            #expect(FileManager.default.fileExists(atPath: directory.path("history-demo-2.db")))

            let named = try await BuiltExecutable.history.run(
                "demo", "--vms", "2", "--days", "1", "--database", "history-demo.db", in: directory)
            #expect(named.termination == .exited(73))
            #expect(try Data(contentsOf: URL(fileURLWithPath: directory.path("history-demo.db"))) == first)
        }
    }

    @Test func `the demo shows a progress bar on a terminal`() async throws {
        try await TemporaryDirectory.with { directory in
            let run = try await BuiltExecutable.history.run(
                "demo", "--vms", "2", "--days", "1", in: directory, standardError: .terminal(columns: 100))
            #expect(run.standardError.contains("24/24 runs"))
        }
    }
}

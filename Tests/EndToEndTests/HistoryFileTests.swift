import Foundation
import TestSupport
import Testing

/// The place, the paths and the owner of the history's file.
@Suite struct HistoryFileTests {
    @Test func `a history reached through any path has one lock and one log`() async throws {
        try await PolledVCenter.with(vms: 2) { polled in
            let files = FileManager.default
            let path: (String) -> String = { polled.directory.path($0) }
            try polled.directory.makeDirectory("real")
            #expect(files.createFile(atPath: path("real/history.db"), contents: nil))
            #expect(chmod(path("real/history.db"), 0o640) == 0)
            try polled.directory.link("link.db", to: "real/history.db")
            for name in ["link.db", "./real/../link.db", "real//history.db", path("real/history.db")] {
                let run = try await polled.history("collect", "--database", name)
                #expect(run.termination == .exited(0) && run.standardError.isEmpty, "\(run.standardError)")
            }
            let beside = try files.contentsOfDirectory(atPath: path("real"))
            #expect(beside.allSatisfy { $0.hasPrefix("history.db") })
            #expect(
                try polled.directory.contents.filter { $0.hasPrefix("link.db") } == [
                    "link.db"
                ])
            for suffix in ["", "-lock", "-shm", "-wal"] {
                let mode = try files.attributesOfItem(atPath: path("real/history.db" + suffix))[.posixPermissions]
                #expect(mode as? Int == 0o640, "\(suffix)")
            }
            let runs = try await polled.history("runs", "--database", "link.db", "--format", "json")
            #expect(runs.standardOutput.contains("\"complete\": 4"))

            // Names that SQLite would read as a URI or as a database in memory.
            for name in ["file:x.db", ":memory:"] {
                try await polled.collect("--database", name)
                #expect(try await polled.history("report", "--database", "./" + name).termination == .exited(0))
                #expect(files.fileExists(atPath: path(name)) && files.fileExists(atPath: path(name + "-lock")))
            }
        }
    }

    @Test func `a second collector is held back through any path to the history`() async throws {
        try await PolledVCenter.with(vms: 4) { polled in
            try polled.directory.link("link.db", to: "history.db")
            #expect(FileManager.default.createFile(atPath: polled.database, contents: nil))
            let held = polled.vm(3)
            polled.vCenter.inject(.neverAnswer) { $0.vm == held }
            let first = try await polled.history("collect") { running in
                try await polled.vCenter.waitUntil { $0.requests[.customizationLive, default: 0] > 0 }
                let second = try await polled.history("collect", "--database", "link.db")
                #expect(second.termination == .exited(75))
                try running.send(.terminate)
            }
            #expect(first.termination == .exited(128 + SIGTERM))
            polled.vCenter.removeFaults()
            try await polled.collect("--database", "link.db")
            #expect(
                try polled.sql("SELECT outcome FROM collection_run_history ORDER BY run_id")
                    == ["interrupted", "complete"])
        }
    }

    @Test func `a history is not created through a dangling link`() async throws {
        try await PolledVCenter.with { polled in
            try polled.directory.link("link.db", to: "not-mounted/history.db")
            for (command, status) in [("collect", Int32(73)), ("report", 74)] {
                let run = try await polled.history(command, "--database", "link.db")
                expectOneLine(run, status, "link.db", "symbolic link to not-mounted/history.db")
            }
            #expect(polled.vCenter.activity.allRequests == 0)
        }
    }

    @Test(.enabled(if: geteuid() == 0, "only root can act as another user"))
    func `a history remains usable for its owner after a run by root`() async throws {
        try await PolledVCenter.with(vms: 2) { polled in
            let files = FileManager.default
            let state = try polled.directory.makeDirectory("state")
            let nobody: uid_t = 65534
            #expect(chown(state, nobody, nobody) == 0)
            let database = state + "/history.db"
            let stray = try await polled.history("collect", "--database", database)
            #expect(stray.termination == .exited(0))
            // The service's user may write the database and open the lock.
            let use = try await BuiltExecutable(path: "/usr/bin/setpriv").run(
                "--reuid=65534", "--regid=65534", "--clear-groups", "sh", "-c",
                "exec 9<>\"$0-lock\" && sqlite3 \"$0\" 'BEGIN IMMEDIATE; UPDATE vcenter SET name = name; COMMIT'",
                database,
                environment: ["PATH": "/usr/bin:/bin"], in: nil)
            #expect(use.termination == .exited(0), "\(use.standardError)")
            let again = try await polled.history("collect", "--database", database)
            #expect(again.termination == .exited(0))
            for name in try files.contentsOfDirectory(atPath: state) {
                #expect(try files.attributesOfItem(atPath: state + "/" + name)[.ownerAccountID] as? uid_t == nobody)
            }
        }
    }

    @Test func `a missing history that existed before is reported once`() async throws {
        try await PolledVCenter.with(vms: 1) { polled in
            let first = try await polled.history("collect")
            #expect(first.standardError.isEmpty)
            for suffix in ["", "-wal", "-shm"] { try FileManager.default.removeItem(atPath: polled.database + suffix) }
            let second = try await polled.history("collect")
            expectOneLine(second, 0, polled.database, "no history here, so a new one was started")
            let third = try await polled.history("collect")
            #expect(third.termination == .exited(0) && third.standardError.isEmpty)
        }
    }
}

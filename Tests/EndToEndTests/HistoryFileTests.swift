import Foundation
import Testing

/// Where the history's file lies, by which name it is reached, and whose it is.
@Suite struct HistoryFileTests {
    @Test func `a history reached through any path has one lock and one log`() async throws {
        try await PolledVCenter.with(vms: 2) { polled in
            let files = FileManager.default
            let path: (String) -> String = { polled.directory.path($0) }
            try files.createDirectory(atPath: path("real"), withIntermediateDirectories: false)
            #expect(files.createFile(atPath: path("real/history.db"), contents: nil))
            #expect(chmod(path("real/history.db"), 0o640) == 0)
            try files.createSymbolicLink(atPath: path("link.db"), withDestinationPath: "real/history.db")
            for name in ["link.db", "./real/../link.db", "real//history.db", path("real/history.db")] {
                let run = try await polled.history("collect", "--database", name)
                #expect(run.termination == .exited(0) && run.standardError.isEmpty, "\(run.standardError)")
            }
            let beside = try files.contentsOfDirectory(atPath: path("real"))
            #expect(beside.allSatisfy { $0.hasPrefix("history.db") })
            #expect(
                try files.contentsOfDirectory(atPath: polled.directory.path).filter { $0.hasPrefix("link.db") } == [
                    "link.db"
                ])
            for suffix in ["", "-lock", "-shm", "-wal"] {
                let mode = try files.attributesOfItem(atPath: path("real/history.db" + suffix))[.posixPermissions]
                #expect(mode as? Int == 0o640, "\(suffix)")
            }
            let runs = try await polled.history("runs", "--database", "link.db", "--format", "json")
            #expect(runs.standardOutput.contains("\"complete\": 4"))

            // A name that SQLite would take for an address.
            for name in ["file:x.db", ":memory:"] {
                #expect(try await polled.history("collect", "--database", name).termination == .exited(0))
                #expect(try await polled.history("report", "--database", "./" + name).termination == .exited(0))
                #expect(files.fileExists(atPath: path(name)) && files.fileExists(atPath: path(name + "-lock")))
            }
        }
    }

    @Test func `a second collector is held back through any path to the history`() async throws {
        try await PolledVCenter.with(vms: 4, adjusting: { $0.latency = .milliseconds(500) }) { polled in
            try FileManager.default.createSymbolicLink(
                atPath: polled.directory.path("link.db"), withDestinationPath: "history.db")
            #expect(FileManager.default.createFile(atPath: polled.database, contents: nil))
            let first = try await polled.history("collect", "--concurrency", "1") { _ in
                try await polled.vCenter.waitUntil { $0.requests[.customizationLive, default: 0] > 0 }
                let second = try await polled.history("collect", "--database", "link.db")
                #expect(second.termination == .exited(75))
            }
            #expect(first.termination == .exited(0))
        }
    }

    @Test func `a history is not created through a dangling link`() async throws {
        try await PolledVCenter.with { polled in
            try FileManager.default.createSymbolicLink(
                atPath: polled.directory.path("link.db"), withDestinationPath: "not-mounted/history.db")
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
            let state = polled.directory.path("state")
            try files.createDirectory(atPath: state, withIntermediateDirectories: false)
            let nobody: uid_t = 65534
            #expect(chown(state, nobody, nobody) == 0)
            let database = state + "/history.db"
            let stray = try await polled.history("collect", "--database", database)
            #expect(stray.termination == .exited(0))
            // As the service's user: SQLite may write, the lock may be opened.
            let use = try await BuiltExecutable(path: "/usr/bin/setpriv").run(
                "--reuid=65534", "--regid=65534", "--clear-groups", "sh", "-c",
                "exec 9<>\"$0-lock\" && sqlite3 \"$0\" 'BEGIN IMMEDIATE; UPDATE vcenter SET name = name; COMMIT'",
                database,
                environment: ["PATH": "/usr/bin:/bin"], in: TemporaryDirectory(url: URL(fileURLWithPath: "/")))
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

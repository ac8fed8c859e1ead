import Foundation
import TestSupport
import Testing

/// `backup` leaves one complete, verified file or none.
@Suite struct BackupTests {
    private func names(in polled: PolledVCenter) throws -> [String] {
        try polled.directory.contents.filter { !$0.hasPrefix("history.db") && $0 != "ca.pem" }
    }

    @Test func `a backup is one private file that opens everywhere and that collect goes on with`() async throws {
        try await PolledVCenter.with { polled in
            try await polled.collect()
            let run = try await polled.shell("umask 0; exec \"$0\" backup copy.db")
            #expect(
                run.termination == .exited(0) && run.standardError.isEmpty && run.standardOutput.isEmpty,
                "\(run.standardError)")
            #expect(try names(in: polled) == ["copy.db"])
            var status = stat()
            #expect(stat(polled.directory.path("copy.db"), &status) == 0 && status.st_mode & 0o777 == 0o640)
            #expect(try SQLiteFile(polled.directory.path("copy.db")).rows("PRAGMA journal_mode") == ["delete"])
            #expect(try names(in: polled) == ["copy.db"])
            let report = try await polled.history("report", "--database", "copy.db")
            #expect(
                report.termination == .exited(0) && report.standardOutput.contains("1 complete"),
                "\(report.standardOutput)")
            try await polled.collect("--database", "copy.db")
            #expect(try SQLiteFile(polled.directory.path("copy.db")).rows("SELECT count(*) FROM poll_history") == ["6"])
            #expect(try polled.sql("SELECT count(*) FROM poll_history") == ["3"])
        }
    }

    @Test func `only an earlier backup is replaced, and only with --force`() async throws {
        try await PolledVCenter.with { polled in
            try await polled.collect()
            let first = try await polled.history("backup", "copy.db")
            #expect(first.termination == .exited(0), "\(first.standardError)")
            try await polled.collect()
            expectOneLine(try await polled.history("backup", "copy.db"), 73, "copy.db: it exists already", "--force")
            #expect(
                try SQLiteFile(polled.directory.path("copy.db")).rows("SELECT count(*) FROM collection_run") == ["1"])
            let again = try await polled.history("backup", "--force", "copy.db")
            #expect(again.termination == .exited(0), "\(again.standardError)")
            #expect(
                try SQLiteFile(polled.directory.path("copy.db")).rows("SELECT count(*) FROM collection_run") == ["2"])

            try polled.directory.write("notes", "precious")
            try polled.directory.link("link.db", to: "nowhere.db")
            try polled.directory.link("same.db", to: "history.db")
            try polled.directory.write("stale.db-wal", "log")
            for (name, problem) in [
                ("history.db", "it is the history"), ("same.db", "it is the history"),
                ("history.db-lock", "it is a part of the history"), ("notes", "it is not a history"),
                (".", "it is not a regular file"),
                ("/dev/null", "it is not a regular file"), ("link.db", "it is a symbolic link"),
                ("stale.db", "belongs to another database"), ("no/where.db", "No such file"),
            ] {
                expectOneLine(try await polled.history("backup", "--force", name), 73, "cannot write \(name)", problem)
            }
            #expect(try polled.directory.read("notes") == "precious")
            let output = try await polled.history("backup", "-")
            #expect(output.termination == .exited(64) && output.standardError.contains("cannot go to standard output"))
            #expect(try names(in: polled) == ["copy.db", "link.db", "notes", "same.db", "stale.db-wal"])
        }
    }

    @Test(.enabled("only root can give a file away") { geteuid() == 0 })
    func `another user's link or file in a shared directory gets no backup`() async throws {
        try await PolledVCenter.with { polled in
            try await polled.collect()
            try polled.directory.makeDirectory("shared", mode: 0o1777)
            try polled.directory.write("shared/file.db")
            try polled.directory.link("shared/link.db", to: polled.directory.path("new.db"))
            for (name, problem) in [("shared/file.db", "it belongs to"), ("shared/link.db", "a symbolic link that")] {
                try polled.directory.give(name, to: 65534)
                expectOneLine(try await polled.history("backup", "--force", name), 73, name, problem)
            }
            #expect(try names(in: polled) == ["shared"])
        }
    }

    @Test(arguments: [40, 200])
    func `a backup that does not fit leaves nothing`(kibibytes: Int) async throws {
        try await PolledVCenter.with { polled in
            try await polled.collect()
            // A limit on files acts as a full disk. Line coverage, if measured, would exceed it too.
            let script = "ulimit -f \(kibibytes * 2) && LLVM_PROFILE_FILE=/dev/null exec \"$0\" backup copy.db"
            expectOneLine(try await polled.shell(script), 74, "cannot write copy.db")
            #expect(try names(in: polled) == [])
        }
    }

    @Test func `a backup on a full file system leaves nothing`() async throws {
        try await PolledVCenter.with { polled in
            try await polled.collect()
            let script = """
                mkdir small && mount -t tmpfs -o size=100k none small || exit
                "$0" backup small/copy.db 2>full; echo "full $?, $(grep -c 'small/copy.db: the disk is full' full), $(ls -A small | wc -l)"
                """
            let run = try await BuiltExecutable(path: "/usr/bin/unshare").run(
                "--mount", "--map-root-user", "sh", "-c", script, BuiltExecutable.history.path,
                environment: polled.environment.merging(["PATH": "/usr/sbin:/usr/bin:/sbin:/bin"]) { $1 },
                in: polled.directory)
            #expect(run.standardOutput == "full 74, 1, 0\n", "\(run.standardError)")
        }
    }

    @Test func `a damaged history gives no backup`() async throws {
        try await PolledVCenter.with(vms: 50) { polled in
            for _ in 0..<3 { try await polled.collect() }
            try polled.change("PRAGMA wal_checkpoint(TRUNCATE)")
            let page =
                Int(try polled.sql("SELECT rootpage FROM sqlite_schema WHERE name = 'virtual_machine_by_name'")[0]) ?? 0
            let file = open(polled.database, O_RDWR)
            #expect(pwrite(file, [UInt8](repeating: 0xFF, count: 200), 200, off_t((page - 1) * 4096 + 3800)) == 200)
            close(file)
            expectOneLine(try await polled.history("backup", "copy.db"), 65, "cannot", "copy.db", "integrity_check")
            #expect(try names(in: polled) == [])
        }
    }

    @Test func `a killed backup leaves nothing but what the next one removes`() async throws {
        try await PolledVCenter.with { polled in
            try await polled.collect()
            var random: [UInt16] = [1, 2, 0x330E]
            for _ in 0..<20 {
                let instant = Duration.seconds(erand48(&random) * 0.08)
                _ = try await polled.history(
                    "backup", "--force", "copy.db", environment: ["LLVM_PROFILE_FILE": "/dev/null"]
                ) { running in
                    try await Task.sleep(for: instant)
                    try? running.send(.kill)
                }
                if FileManager.default.fileExists(atPath: polled.directory.path("copy.db")) {
                    #expect(try SQLiteFile(polled.directory.path("copy.db")).rows("PRAGMA integrity_check") == ["ok"])
                }
            }
            let last = try await polled.history("backup", "--force", "copy.db")
            #expect(last.termination == .exited(0), "\(last.standardError)")
            #expect(try names(in: polled) == ["copy.db"])
        }
    }

    @Test func `a backup beside a collect that writes has its polls so far, verifies, and disturbs nothing`()
        async throws
    {
        try await PolledVCenter.with(vms: 400, mayLeaveSessions: true) { polled in
            try await polled.collect()
            let held = polled.vm(399)
            polled.vCenter.inject(.neverAnswer) { $0.vm == held }
            let collect = try await polled.history("collect", "--verbose") { running in
                try await polled.waitUntil("SELECT count(*) FROM poll WHERE run_id = 2", is: ["399"])
                let backup = try await polled.history("backup", "copy.db")
                #expect(backup.termination == .exited(0), "\(backup.standardError)")
                try running.send(.terminate)
            }
            #expect(collect.termination == .exited(128 + SIGTERM))
            let copy = SQLiteFile(polled.directory.path("copy.db"))
            #expect(try copy.rows("SELECT outcome FROM collection_run_history") == ["complete", "running"])
            #expect(try copy.rows("SELECT count(*) FROM poll") == ["799"])
            #expect(try await polled.history("verify", "--database", "copy.db").termination == .exited(0))
            polled.vCenter.removeFaults()
            try await polled.collect()
            #expect(
                try polled.sql("SELECT outcome FROM collection_run_history") == ["complete", "interrupted", "complete"])
            #expect(try await polled.history("verify").termination == .exited(0))
        }
    }
}

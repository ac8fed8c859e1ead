import Foundation
import TestSupport
import Testing

/// `merge` of histories that separate collectors recorded.
@Suite struct MergeTests {
    private static func says(_ polled: PolledVCenter, _ arguments: String...) async throws -> (Int32?, String) {
        let run = try await polled.history(arguments)
        guard case .exited(let code) = run.termination else { return (nil, run.standardError) }
        return (code, run.standardOutput + run.standardError)
    }

    /// The second checker on a history.
    private static func check(_ polled: PolledVCenter, _ file: String, _ options: String...) async throws -> EndedRun {
        try await BuiltExecutable(path: "/usr/bin/python3").run(
            [
                "-B", Repository.path("docs/check_history.py"), polled.directory.path(file), "--migrations",
                Repository.path("migrations"),
            ] + options,
            environment: ["PATH": "/usr/bin:/bin"], in: polled.directory)
    }

    /// Two collectors of one vCenter, one of which also collects from another one.
    private static func with(_ body: (PolledVCenter) async throws -> Void) async throws {
        try await PolledVCenter.with(vms: 5) { polled in
            try await polled.withAnother { other in
                try polled.set(0, .running, start: "2026-11-01T08:00:00Z")
                try await polled.collect("--database", "one.db")
                try polled.set(0, .failed, start: "2026-11-01T08:00:00Z", end: "2026-11-01T08:02:00Z")
                try await polled.collect("--database", "two.db")
                try polled.set(1, .succeeded, start: "2026-11-01T09:00:00Z", end: "2026-11-01T09:01:00Z")
                try await polled.collect("--database", "one.db")
                try other.set(2, .succeeded, start: "2026-11-01T09:00:00Z", end: "2026-11-01T09:01:00Z")
                try await other.collect("--database", "two.db")
                try await polled.collect("--database", "two.db")
                try await body(polled)
            }
        }
    }

    @Test func `a vCenter that two collectors recorded is counted once, and both trees are verified`() async throws {
        try await Self.with { polled in
            let (_, head) = try await Self.says(polled, "head", "--database", "two.db")
            try polled.directory.write("head.txt", head)
            let before = try SQLiteFile(polled.directory.path("one.db")).rows("SELECT count(*) FROM collection_run")
            let (planned, plan) = try await Self.says(polled, "merge", "two.db", "--dry-run", "--database", "one.db")
            #expect(planned == 0 && plan.contains("3 runs with 15 polls"), "\(plan)")
            #expect(try await Self.says(polled, "merge", "two.db", "--database", "one.db").0 == 64)
            #expect(
                try SQLiteFile(polled.directory.path("one.db")).rows("SELECT count(*) FROM collection_run") == before)

            let (code, text) = try await Self.says(polled, "merge", "two.db", "--yes", "--database", "one.db")
            #expect(code == 0 && text.contains("5 customizations before, 8 now"), "\(text)")
            #expect(text.contains(": known, 2 runs, 10 polls") && text.contains(": new, 1 run, 5 polls"), "\(text)")
            for command in [["merge", "two.db", "--yes"], ["verify"]] {
                let quiet = try await polled.history(command + ["--quiet", "--database", "one.db"])
                #expect(quiet.termination == .exited(0) && quiet.standardOutput + quiet.standardError == "")
            }
            let (again, nothing) = try await Self.says(polled, "merge", "two.db", "--yes", "--database", "one.db")
            #expect(again == 0 && nothing.contains("has nothing that"), "\(nothing)")

            let (verdict, verified) = try await Self.says(
                polled, "verify", "--expect", "head.txt", "--database", "one.db")
            #expect(verdict == 0 && verified.contains("5 runs with 25 polls"), "\(verified)")
            #expect(verified.contains("merged history, up to its head: customization-history/"))
            let second = try await Self.check(polled, "one.db", "--expect", "head.txt")
            #expect(second.termination == .exited(0), "\(second.standardOutput)")

            let run = try #require(
                try SQLiteFile(polled.directory.path("one.db")).rows("SELECT max(run_id) FROM seal WHERE tree_id = 2")
                    .first)
            let proof = try await polled.history("prove", "--run", run, "--database", "one.db").standardOutput
            try polled.directory.write("proof.json", proof)
            #expect(try await Self.says(polled, "prove", "--check", "proof.json", "--expect", "head.txt").0 == 0)

            // The collector goes on, and so does the merged history.
            try await polled.collect("--database", "one.db")
            try await polled.collect("--database", "two.db")
            #expect(
                try await Self.says(polled, "merge", "two.db", "--yes", "--database", "one.db").1.contains(
                    "1 run with 5"))
            #expect(try await Self.says(polled, "verify", "--database", "one.db").1.contains("7 runs with 35 polls"))
            #expect(try await Self.check(polled, "one.db").termination == .exited(0))
        }
    }

    @Test func `what was altered in a merged history is named, with the history that sealed it`() async throws {
        try await Self.with { polled in
            #expect(try await Self.says(polled, "merge", "two.db", "--yes", "--database", "one.db").0 == 0)
            let file = polled.directory.path("one.db")
            let sound = try Data(contentsOf: URL(fileURLWithPath: file))
            let merged = "(SELECT max(run_id) FROM seal WHERE tree_id = 2)"
            for (change, finding) in [
                (
                    "UPDATE poll_block SET first_ms = first_ms + 1 WHERE run_id = \(merged)",
                    "its polls was altered .run . of the merged history"
                ),
                ("UPDATE collection_run SET vms = 7 WHERE id = \(merged)", "its vms was altered"),
                (
                    "UPDATE sealed_name SET name = 'q' WHERE tree_id = 2 AND vm_id = 1",
                    "its polls was altered|the names of .* were altered|list of VMs was altered"
                ),
                (
                    "DROP TRIGGER seal_is_not_changed; UPDATE seal SET record = replace(record, 'complete', 'partial') WHERE tree_id = 2 AND leaf = 0",
                    "merged history .*: seal 0 of run . was altered"
                ),
                (
                    "INSERT INTO tree (uuid) VALUES ('00000000-0000-4000-8000-000000000000')",
                    "another tree, 0.* was added"
                ),
                ("UPDATE vcenter SET name = 'x' WHERE id = 2", "its vCenter was altered"),
            ] {
                try SQLiteFile(file).execute(change)
                if change.hasPrefix("DROP") {
                    let trigger = try Repository.read("migrations/0003_evidence.sql")
                        .split(separator: "CREATE TRIGGER seal_is_not_changed")[1].split(separator: "END;")[0]
                    try SQLiteFile(file).execute("CREATE TRIGGER seal_is_not_changed\(trigger)END")
                }
                let (code, text) = try await Self.says(polled, "verify", "--database", "one.db")
                #expect(code == 65)
                #expect(try Regex("is not as it was recorded: .*(\(finding))").firstMatch(in: text) != nil, "\(text)")
                #expect(try await Self.check(polled, "one.db").termination == .exited(65), "\(change)")
                for suffix in ["-wal", "-shm"] { try? FileManager.default.removeItem(atPath: file + suffix) }
                try sound.write(to: URL(fileURLWithPath: file))
            }
        }
    }

    @Test func `a merge that is killed leaves the history as it was`() async throws {
        try await PolledVCenter.with(vms: 3) { polled in
            try await polled.collect()
            let run = try await polled.shell(
                """
                "$0" demo --vms 100 --days 1 --database other.db --quiet > demo.txt || exit 9
                "$0" backup before.db --database history.db --quiet || exit 8
                for attempt in 1 2 3 4 5 6 7 8; do
                    "$0" merge other.db --yes --database history.db > merge.txt 2>&1 &
                    # The merge holds the history's lock while it writes.
                    while kill -0 $! 2>errors && sqlite3 -cmd '.timeout 0' history.db 'BEGIN IMMEDIATE; ROLLBACK' 2>errors; do :; done
                    kill -9 $! 2>errors
                    wait $!
                    code=$?
                    [ $code = 137 ] && [ "$(sqlite3 history.db 'SELECT count(*) FROM collection_run')" = 1 ] && break
                    # Too late: it was merged.
                    rm -f history.db-wal history.db-shm
                    cp before.db history.db
                done
                echo $code
                """)
            #expect(run.standardOutput == "137\n", "\(run.standardError)")
            #expect(try polled.sql("SELECT count(*) FROM collection_run") == ["1"])
            #expect(try await Self.says(polled, "verify").1.contains("1 run with 3 polls"))
            #expect(try await Self.says(polled, "merge", "other.db", "--yes").0 == 0)
            #expect(try await Self.says(polled, "verify").1.contains("with 2403 polls"))
        }
    }

    @Test func `what is no history is refused with advice about it, not about one's own`() async throws {
        try await PolledVCenter.with(vms: 1) { polled in
            try await polled.collect()
            try polled.directory.write("empty.db", "")
            try polled.directory.write("text.db", String(repeating: "text ", count: 100))
            for (other, exitCode) in [("none.db", 74), ("empty.db", 74), ("text.db", 65)] as [(String, Int32)] {
                let (code, text) = try await Self.says(polled, "merge", other, "--yes")
                #expect(code == exitCode && text.contains("name another collector's history"), "\(text)")
                #expect(!text.contains("--database") && !text.contains("collect`"), "\(text)")
            }
        }
    }
}

import Foundation
import GRDB
import GuestCustomization
import TestSupport
import Testing
import VCenterSimulator

@testable import HistoryCommand

/// The examples of the README are run, so that they stay correct.
@Suite struct ReadmeTests {
    /// The fenced blocks of one language.
    private func blocks(_ language: String) throws -> [String] {
        let text = try Repository.read("README.md")
        return text.split(separator: "```\(language)\n").dropFirst().map {
            String($0.prefix(upTo: $0.range(of: "```")?.lowerBound ?? $0.endIndex))
        }
    }

    /// Runs a script of the README with its host, files and user replaced.
    private func run(_ script: String, against polled: PolledVCenter) async throws -> EndedRun {
        let directory = polled.directory
        try directory.write("password", polled.vCenter.password + "\n")
        let bin = directory.path("bin")
        if !FileManager.default.fileExists(atPath: bin) {
            try FileManager.default.createDirectory(atPath: bin, withIntermediateDirectories: false)
            try FileManager.default.createSymbolicLink(
                atPath: bin + "/customization-history", withDestinationPath: BuiltExecutable.history.path)
        }
        var text = script
        for (example, ours) in [
            ("vcsa.example.org", polled.vCenter.url), ("auditor@vsphere.local", polled.vCenter.user),
            ("/etc/customization-history/", "\"$PWD\"/"), ("/usr/bin/", ""),
        ] {
            text = text.replacing(example, with: ours)
        }
        return try await BuiltExecutable(path: "/bin/sh").run(
            "-euc", text,
            environment: ["PATH": "\(bin):/usr/bin:/bin", "CUSTOMIZATION_HISTORY_DATABASE": polled.database],
            in: directory)
    }

    @Test func `the commands in the README run`() async throws {
        try await PolledVCenter.with(vms: 10) { polled in
            // Finished customizations for the check of the failure rate, all of them successful.
            let finished = Timestamp.now().advanced(bySeconds: -3600)
            for vm in 0..<10 {
                try polled.set(vm, .succeeded, start: finished.advanced(bySeconds: -60).rfc3339, end: finished.rfc3339)
            }
            let lines = try blocks("sh").flatMap { $0.split(separator: "\n") }
            let scripts = lines.filter { $0.hasPrefix("scripts/") }.compactMap { $0.split(separator: " ").first }
            #expect(Set(scripts) == ["scripts/demo", "scripts/test", "scripts/package"])
            for script in scripts {
                let path = Repository.path(String(script))
                #expect(FileManager.default.isExecutableFile(atPath: path))
            }
            // The names of vCenters and VMs are examples; an unknown name is a usage error.
            try polled.vCenter.renameVirtualMachine(polled.vm(0), to: "web-01")
            let commands = try commands(areRepairs: false)
            #expect(commands.count { $0.hasPrefix("customization-history ") } == 26)
            let ended = try await run(commands.joined(separator: "\n"), against: polled)
            #expect(ended.termination == .exited(0), "\(ended.standardError)")
            #expect(ended.standardError.isEmpty)
            #expect(ended.standardOutput.contains("Guest customizations"))
            #expect(ended.standardOutput.contains("customization-history/report/1"))
        }
    }

    /// The shell lines except those that run a script of the repository.
    ///
    /// - Parameter areRepairs: `true` for the lines that rename and merge vCenters, `false` for all others.
    private func commands(areRepairs: Bool) throws -> [String] {
        try blocks("sh").flatMap { $0.split(separator: "\n").map(String.init) }.filter { line in
            let isRepair = line.contains(" vcenter rename ") || line.contains(" vcenter merge ")
            return isRepair == areRepairs && !line.hasPrefix("scripts/")
        }
    }

    @Test func `the repair commands in the README are accepted`() async throws {
        try await PolledVCenter.with(vms: 1) { polled in
            try await polled.collect()
            let repairs = try commands(areRepairs: true)
            #expect(repairs.count == 2)
            for command in repairs {
                // The names are examples.
                let refused = try await run(command, against: polled)
                expectOneLine(refused, 64, "vCenter")
            }
        }
    }

    @Test func `the cron lines in the README are silent and leave a run, and the channel of notify`() async throws {
        try await PolledVCenter.with(vms: 4) { polled in
            let lines = try blocks("cron").joined().split(separator: "\n").map(String.init)
            let settings = lines.filter { !$0.hasPrefix("*") }.map { "export \($0)\n" }.joined()
            let jobs = lines.filter { $0.hasPrefix("*") }
            // Five time fields and the user, then the command.
            let commands = jobs.compactMap { $0.split(separator: " ", maxSplits: 6).last.map(String.init) }
            try #require(commands.count == 2)
            #expect(commands[0].hasSuffix("customization-history collect"))
            #expect(commands[1].hasPrefix(commands[0] + ";"))
            for command in commands {
                let ended = try await run(settings + command, against: polled)
                #expect(ended.termination == .exited(0))
                #expect(ended.standardOutput.isEmpty && ended.standardError.isEmpty)
            }
            #expect(try polled.sql("SELECT polls FROM collection_run_history") == ["4", "4"])
            #expect(try polled.sql("SELECT name FROM notification_channel") == ["default"])
        }
    }

    @Test func `the audit queries in the README work in the sqlite3 shell`() async throws {
        try await PolledVCenter.with(vms: 2) { polled in
            try polled.set(
                0, .failed, start: "2026-11-01T08:00:00Z", end: "2026-11-01T08:01:00Z", error: .text("No Perl."))
            try polled.set(1, .succeeded, start: "2026-11-01T08:00:00Z", end: "2026-11-01T08:03:00Z")
            try await polled.collect()
            try polled.change("UPDATE collection_run SET started_ms = started_ms - 3 * 3600000")
            try await polled.collect()
            let queries = try blocks("sql")
            #expect(queries.count == 4)
            var answers: [String] = []
            for query in queries.map({ $0.replacing("web-01", with: polled.vCenter.virtualMachines[0].name) }) {
                let ended = try await BuiltExecutable(path: "/usr/bin/sqlite3").run(
                    "-readonly", "-header", polled.database, query, in: polled.directory)
                #expect(ended.termination == .exited(0), "\(query): \(ended.standardError)")
                answers.append(ended.standardOutput)
            }
            #expect(answers[0].contains("|2026-11-01T08:01:00.000Z|No Perl."))
            #expect(answers[1].split(separator: "\n").count == 3 && answers[1].contains("|reported|FAILED|No Perl.|{"))
            #expect(answers[2].contains("\(polled.name)|2026-43|2|1|50.0"))
            let runs = try polled.sql("SELECT started_at FROM collection_run_history ORDER BY run_id")
            #expect(answers[3].hasSuffix("\n\(polled.name)|\(runs[0])|\(runs[1])\n"), "\(answers[3])")

            // The collector stopped, so the gap extends to now. A run with a future time does not close it.
            try polled.change("UPDATE collection_run SET started_ms = started_ms - 3 * 3600000")
            try await polled.collect()
            try polled.change("UPDATE collection_run SET started_ms = started_ms + 100 * 86400000 WHERE id = 3")
            let ended = try await BuiltExecutable(path: "/usr/bin/sqlite3").run(
                "-readonly", "-header", polled.database, queries[3], in: polled.directory)
            let later = try polled.sql("SELECT started_at FROM collection_run_history ORDER BY run_id")
            #expect(
                ended.standardOutput == """
                    vcenter|last_looked_at|next_looked_at
                    \(polled.name)|\(later[0])|\(later[1])
                    \(polled.name)|\(later[1])|

                    """)
        }
    }

    @Test func `the README's instructions restore a backup`() async throws {
        try await PolledVCenter.with(vms: 2) { polled in
            try await polled.collect()
            let backUp = try #require(
                try Repository.read("README.md")
                    .firstMatch(of: #/`(customization-history backup [^`]*)`/#)?.1)
            let restore = try blocks("console").flatMap { $0.split(separator: "\n") }
                .filter { $0.hasPrefix("# rm ") || $0.hasPrefix("# cp ") || $0.hasPrefix("# chown ") }.map {
                    $0.dropFirst(2)
                }
            #expect(restore.count == 3)
            #expect(try await run(String(backUp), against: polled).termination == .exited(0))
            try await polled.collect()
            // As after a killed run: the log contains data that is not in the file yet.
            try Data(repeating: 0x55, count: 100_000).write(to: URL(fileURLWithPath: polled.database + "-wal"))
            let restored = try await run(restore.joined(separator: "\n"), against: polled)
            #expect(restored.termination == .exited(0), "\(restored.standardError)")
            let next = try await polled.history("collect")
            #expect(next.termination == .exited(0), "\(next.standardError)")
            #expect(try polled.sql("SELECT count(*) FROM collection_run") == ["2"])
        }
    }

    @Test func `the README names every column of every public view`() async throws {
        try await PolledVCenter.with(vms: 1) { polled in
            try await polled.collect()
            let text = try Repository.read("README.md")
            let views = try polled.sql("SELECT name FROM sqlite_schema WHERE type = 'view'")
            let parts = [
                "distinct_event", "event_subject", "finished_customization", "poll", "polled_runs", "current_poll",
                "latest_poll", "last_report",
            ]
            #expect(Set(parts).isSubset(of: views))
            for view in views where !parts.contains(view) {
                let columns = try polled.sql("SELECT name FROM pragma_table_info('\(view)') ORDER BY cid").joined(
                    separator: ", ")
                #expect(text.contains("| \(columns) |"), "\(view)")
            }
        }
    }

    @Test func `the README names every exit code`() async throws {
        try await TemporaryDirectory.with { directory in
            let help = try await BuiltExecutable.history.run("--help", in: directory).standardOutput
            let text = try Repository.read("README.md")
            let listed = text.split(separator: "\n").filter { $0.hasPrefix("| ") }
                .compactMap { $0.split(separator: "|").first }.flatMap { $0.split(separator: ",") }
                .compactMap { Int32($0.trimmingCharacters(in: .whitespaces)) }
            let known = [0] + ExitStatus.allCases.map(\.rawValue)
            #expect(listed.sorted() == known.sorted())
            #expect(known.allSatisfy { help.contains(" \($0)  ") })
        }
    }
}

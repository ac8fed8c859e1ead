import Foundation
import GRDB
import GuestCustomization
import TestSupport
import Testing
import VCenterSimulator

@Suite struct ReportFormatTests {
    /// A VM that failed once out of two times and one that succeeded, with names that contain the syntax of every format.
    private func withHistory(_ body: (PolledVCenter) async throws -> Void) async throws {
        try await PolledVCenter.with(vms: 2) { polled in
            try polled.vCenter.renameVirtualMachine(polled.vm(0), to: "=cmd()|<script>alert(1)</script>")
            try polled.vCenter.renameVirtualMachine(polled.vm(1), to: "web-01")
            try polled.set(
                0, .failed, start: "2026-11-01T08:00:00Z", end: "2026-11-01T08:01:00Z",
                error: .text("No Perl <b>here</b>"))
            try polled.set(1, .succeeded, start: "2026-11-02T08:00:00Z", end: "2026-11-02T08:00:30Z")
            try await polled.collect()
            try polled.set(0, .succeeded, start: "2026-11-03T08:00:00Z", end: "2026-11-03T08:00:30Z")
            try await polled.collect()
            try await body(polled)
        }
    }

    private let window = ["report", "--since", "2026-11-01T00:00:00Z", "--until", "2026-11-05T00:00:00Z"]

    private func report(_ polled: PolledVCenter, _ arguments: String...) async throws -> EndedRun {
        try await BuiltExecutable.history.run(
            window + arguments, environment: polled.environment, in: polled.directory)
    }

    @Test func `CSV has one line for each row and no formula`() async throws {
        try await withHistory { polled in
            let run = try await report(polled, "--format", "csv")
            #expect(run.termination == .exited(0))
            let lines = run.standardOutput.components(separatedBy: "\r\n")
            #expect(lines.count == 4 && lines[3].isEmpty)
            #expect(lines[0].hasPrefix("vcenter,vm,name,condition,is_listed,customizations,"))
            #expect(lines[1].contains(",'=cmd()|<script>alert(1)</script>,recovered,true,2,1,1,"))
            let days = try await report(polled, "--format", "csv", "--by", "day").standardOutput
            #expect(
                days.components(separatedBy: "\r\n").dropFirst().map { $0.prefix(10) }.joined(separator: " ")
                    == "2026-11-01 2026-11-02 2026-11-03 2026-11-04 ")
        }
    }

    @Test func `Markdown and HTML show names unchanged`() async throws {
        try await withHistory { polled in
            let markdown = try await report(polled, "--format", "markdown").standardOutput
            #expect(
                markdown.contains(
                    "| =cmd()&#124;&lt;script&gt;alert(1)&lt;/script&gt; (\(polled.vm(0))) | recovered | 2 | 1 |"))
            let html = try await report(polled, "--format", "html").standardOutput
            #expect(html.hasPrefix("<!DOCTYPE html>") && html.hasSuffix("</html>\n"))
            #expect(html.contains("<bdi>=cmd()|&lt;script&gt;alert(1)&lt;/script&gt;</bdi>"))
        }
    }

    @Test func `tables list VMs, errors, days and vCenters in the requested order and number`() async throws {
        try await withHistory { polled in
            func rows(_ arguments: String...) async throws -> [Substring] {
                let run = try await BuiltExecutable.history.run(
                    window + arguments, environment: polled.environment, in: polled.directory)
                #expect(run.termination == .exited(0))
                return run.standardOutput.split(separator: "\n")
            }
            let errors = try await rows("--by", "error").joined(separator: "\n")
            #expect(
                errors.contains("1      1  No Perl <b>here</b>\n probable cause  perl-missing: The guest has no Perl,"))
            #expect(errors.hasSuffix("\n           logs  /var/log/vmware-imc/toolsDeployPkg.log"))
            let days = try await rows("--by", "day").suffix(4)
            #expect(days.map { $0.prefix(12) } == ["  2026-11-01", "  2026-11-02", "  2026-11-03", "  2026-11-04"])
            #expect(days.last?.hasSuffix("no data") == true)
            #expect(try await rows("--by", "vcenter").last?.hasPrefix("  localhost") == true)
            #expect(try await rows("--sort", "name", "--limit", "1").last == "  ... and 1 VM without failures")
            #expect(
                try await rows("--vm", "web-*", "--endpoint", "customization-live")[1]
                    == "  only VM web-*, endpoint customization-live")
            #expect(
                try await rows("--durations").contains {
                    $0.contains("P50") && $0.contains("P99") && $0.contains("MAX")
                })
        }
    }

    @Test func `an order that the rows do not have is a usage error`() async throws {
        try await withHistory { polled in
            for arguments in [
                ["--by", "error", "--sort", "duration"], ["--limit", "-1"], ["--fail-above", "5,6"],
                ["--by", "planet"],
            ] {
                let run = try await BuiltExecutable.history.run(
                    window + arguments, environment: polled.environment, in: polled.directory)
                #expect(run.termination == .exited(64), "\(arguments)")
                #expect(run.standardOutput.isEmpty)
            }
        }
    }

    @Test func `--compare shows the previous window beside the current one`() async throws {
        try await withHistory { polled in
            let run = try await BuiltExecutable.history.run(
                [
                    "report", "--since", "2026-11-02T12:00:00Z", "--until", "2026-11-04T12:00:00Z", "--compare",
                    "--format", "json",
                ],
                environment: polled.environment, in: polled.directory)
            let document = try JSONSerialization.jsonObject(with: Data(run.standardOutputBytes)) as? [String: Any]
            let before = try #require(document?["compare"] as? [String: Any])
            #expect((before["window"] as? [String: String])?["since"] == "2026-10-31T12:00:00.000Z")
            #expect((before["window"] as? [String: String])?["until"] == "2026-11-02T12:00:00.000Z")
            let summary = try #require(before["summary"] as? [String: Any])
            #expect((summary["failed"] as? Int, summary["succeeded"] as? Int) == (1, 1))
            #expect((document?["summary"] as? [String: Any])?["customizations"] as? Int == 1)
        }
    }

    @Test func `--fail-above exits with 4 after the report`() async throws {
        try await withHistory { polled in
            func report(_ arguments: String...) async throws -> EndedRun {
                try await polled.history(["report", "--since", "2026-11-01T00:00:00Z", "--fail-above"] + arguments)
            }
            let above = try await report("33%")
            #expect(above.termination == .exited(4))
            #expect(above.standardOutput.contains("failure rate"))
            #expect(
                above.standardError
                    == "history: the failure rate is above --fail-above 33%: 1 of 3 finished customizations failed\n")
            #expect(try await report("33.4%").termination == .exited(0))
            let quiet = try await report("0%", "--quiet")
            #expect(quiet.termination == .exited(4))
            #expect(quiet.standardOutput.isEmpty)
        }
    }

    @Test func `--fail-above without a finished customization exits with 5 and one line, also with --quiet`()
        async throws
    {
        try await withHistory { polled in
            // A window before the first run, then one with runs but without a finished customization.
            for (arguments, said) in [
                // What later polls show of it is only the last customization of each VM.
                (["--since", "2026-11-01", "--until", "2026-11-04"], "no poll in the window got an answer"),
                (["--since", "2020-01-01", "--until", "2020-02-01"], "no poll in the window got an answer"),
                (["--since", "1h"], "no customization finished in the window"),
                (["--since", "2026-11-01", "--endpoint", "customization"], "no poll in the window got an answer"),
            ] {
                let run = try await polled.history(["report", "--fail-above", "5", "--quiet"] + arguments)
                expectOneLine(run, 5, "--fail-above 5% has nothing to judge by", said)
            }
            let loud = try await polled.history("report", "--fail-above", "5", "--since", "1h")
            #expect(loud.termination == .exited(5))
            #expect(loud.standardOutput.contains("Guest customizations"))
        }
    }

    @Test func `--output replaces the whole file through links and leaves no other file`() async throws {
        try await withHistory { polled in
            let directory = polled.directory
            let files = FileManager.default
            try directory.write("report.json", "old", mode: 0o640)
            try directory.link("latest.json", to: "report.json")
            let before = try directory.contents

            let run = try await report(polled, "--format", "json", "--output", "latest.json")
            #expect(run.termination == .exited(0))
            #expect(run.standardOutput.isEmpty)
            #expect(try directory.contents == before)
            #expect(try files.destinationOfSymbolicLink(atPath: directory.path("latest.json")) == "report.json")
            let text = try directory.read("report.json")
            #expect(text.hasPrefix("{\n  \"format\": \"customization-history/report/1\"") && text.hasSuffix("}\n"))
            let permissions =
                try files.attributesOfItem(atPath: directory.path("report.json"))[.posixPermissions] as? Int
            #expect(permissions == 0o640)
            try directory.setMode("report.json", 0o600)
            _ = try await report(polled, "--format", "json", "--output", "latest.json")
            #expect(
                try files.attributesOfItem(atPath: directory.path("report.json"))[.posixPermissions] as? Int == 0o600)
            #expect(try await report(polled, "--output", "/dev/null").termination == .exited(0))
            #expect(try await report(polled, "--output", "-", "--format", "json").standardOutput.hasPrefix("{"))
        }
    }

    @Test func `an output file that cannot be written is reported and left unchanged`() async throws {
        try await withHistory { polled in
            let missing = try await report(polled, "--output", "no/such/directory/report.txt")
            #expect(missing.termination == .exited(73))
            #expect(missing.standardError.hasPrefix("history: cannot write no/such/directory/report.txt: "))
            let directory = try await report(polled, "--output", ".")
            #expect(directory.termination == .exited(73))
            #expect(try await report(polled, "--output", "/dev/full").termination == .exited(74))

            // A file size limit simulates a full disk.
            try polled.directory.write("report.html", "old")
            let full = try await polled.shell(
                "trap '' XFSZ; ulimit -f 128; LLVM_PROFILE_FILE=/dev/null exec \"$0\" \"$@\"",
                ["report", "--since", "2025-12-01", "--format", "json", "--output", "report.html"])
            #expect(full.termination == .exited(74))
            #expect(full.standardError.hasPrefix("history: cannot write report.html: "))
            #expect(try polled.directory.read("report.html") == "old")
            #expect(
                try polled.directory.contents.allSatisfy {
                    !$0.hasSuffix(".tmp")
                })
        }
    }

    @Test func `--output never overwrites a database, whatever its path`() async throws {
        try await withHistory { polled in
            let files = FileManager.default
            let path: (String) -> String = { polled.directory.path($0) }
            try SQLiteFile(path("theirs.sqlite")).execute("CREATE TABLE t (x)")
            try polled.directory.makeDirectory("folder")
            try polled.directory.link("link.html", to: "history.db")
            try polled.directory.link("log.html", to: "history.db-wal")
            try polled.directory.link("nowhere.html", to: "nowhere")
            try files.linkItem(atPath: path("history.db"), toPath: path("hard.html"))
            try files.linkItem(atPath: path("history.db-lock"), toPath: path("hard-lock.html"))
            let names = try polled.directory.contents.filter {
                !$0.hasSuffix("-shm")
            }
            let before = names.map { files.contents(atPath: path($0)) }
            for output in [
                "history.db", "./folder/../history.db", path("history.db"), "history.db-wal", "history.db-shm",
                "history.db-journal", "history.db-lock", "history.db-told", "link.html", "log.html", "hard.html",
                "hard-lock.html",
                "theirs.sqlite", "theirs.sqlite-wal", "theirs.sqlite-lock", "nowhere.html",
            ] {
                let run = try await report(polled, "--format", "html", "--output", output)
                #expect(run.termination == .exited(73), "\(output)")
                #expect(run.standardOutput.isEmpty)
                #expect(run.standardError.hasPrefix("history: cannot write \(output): it is "), "\(run.standardError)")
            }
            let after = try polled.directory.contents.filter {
                !$0.hasSuffix("-shm")
            }
            #expect(after == names)
            #expect(after.map { files.contents(atPath: path($0)) } == before)

            try files.moveItem(atPath: path("history.db"), toPath: path("history.prom"))
            let metrics = try await polled.history(
                "metrics", "--database", "history.prom", "--output", "history.prom")
            expectOneLine(metrics, 73, "it is the history")
            #expect(
                try await report(polled, "--output", "fine.html-wal", "--database", "history.prom").termination
                    == .exited(0))
        }
    }

    @Test func `bars and colours are for terminals only`() async throws {
        try await withHistory { polled in
            func onTerminal(_ environment: [String: String]) async throws -> String {
                let command = ([BuiltExecutable.history.path] + window + ["--by", "error"]).map { "'\($0)'" }.joined(
                    separator: " ")
                return try await BuiltExecutable(path: "/usr/bin/script").run(
                    ["--quiet", "--command", command, "/dev/null"],
                    environment: polled.environment.merging(environment) { $1 }, in: polled.directory
                ).standardOutput
            }
            let capable = try await onTerminal(["TERM": "xterm", "LANG": "de_DE.UTF-8"])
            #expect(capable.contains("\u{1B}[") && capable.contains("██████████") && capable.contains("█  ·"))
            let plain = try await onTerminal(["TERM": "xterm", "LANG": "C", "NO_COLOR": "1"])
            #expect(!plain.contains("\u{1B}[") && !plain.contains("█"))
            #expect(try await !report(polled, "--by", "error").standardOutput.contains("█"))
        }
    }

    @Test func `the program prints the schema of its JSON`() async throws {
        try await TemporaryDirectory.with { directory in
            let run = try await BuiltExecutable.history.run("report", "--schema", in: directory)
            let schema = try JSONSerialization.jsonObject(with: Data(run.standardOutputBytes)) as? [String: Any]
            #expect(schema?["title"] as? String == "customization-history/report/1")
        }
    }
}

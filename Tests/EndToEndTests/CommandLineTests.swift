import Foundation
import GuestCustomization
import TestSupport
import Testing
import VCenterSimulator

@Suite struct CommandLineTests {
    @Test func `help goes to stdout and exits with 0`() async throws {
        try await TemporaryDirectory.with { directory in
            let run = try await BuiltExecutable.history.run("--help", in: directory)
            #expect(run.termination == .exited(0))
            #expect(run.standardOutput.contains("USAGE: history"))
            #expect(run.standardError.isEmpty)
        }
    }

    @Test func `an unknown subcommand goes to stderr and exits with 64`() async throws {
        try await TemporaryDirectory.with { directory in
            let run = try await BuiltExecutable.history.run("nonsense", in: directory)
            #expect(run.termination == .exited(64))
            #expect(run.standardOutput.isEmpty)
            #expect(run.standardError.contains("nonsense"))
        }
    }

    @Test(arguments: [
        (["reprot"], "history: Unknown subcommand 'reprot'. Did you mean 'report'?"),
        (["repot", "--sicne", "7d"], "history: Unknown subcommand 'repot'. Did you mean 'report'?"),
        (["help", "reprot"], "history: Unknown subcommand 'reprot'. Did you mean 'report'?"),
        (["config", "chekc"], "history: Unknown subcommand 'chekc'. Did you mean 'check'?"),
        (["nonsense"], "history: Unknown subcommand 'nonsense'."),
        (["report", "--sicne", "7d"], "history: Unknown option '--sicne'. Did you mean '--since'?"),
        (["--verison"], "history: Unknown option '--verison'. Did you mean '--version'?"),
        (["report", "--by", "vmm"], "Did you mean 'vm'?"),
        (["collect", "--endpoint", "boht"], "Did you mean 'both'?"),
        (["runs", "--format", "jsno"], "Did you mean 'json'?"),
        (["report", "--sort", "wrost"], "Did you mean 'worst'?"),
        (["shell-init", "bahs"], "Did you mean 'bash'?"),
        (["report", "--limit", "\u{1B}[2J"], "history: The value "),
    ])
    func `a misspelled word is a usage error that suggests the nearest word`(arguments: [String], said: String)
        async throws
    {
        try await TemporaryDirectory.with { directory in
            let run = try await BuiltExecutable.history.run(arguments, in: directory)
            #expect(run.termination == .exited(64))
            #expect(run.standardOutput.isEmpty)
            #expect(run.standardError.split(separator: "\n").contains { $0.contains(said) }, "\(run.standardError)")
            #expect(!run.standardError.contains("Error:") && !run.standardError.contains("\u{1B}"))
            #expect(run.standardError.contains(" --help' for more information."))
        }
    }

    /// Characters that control a terminal or start a new line: C0, C1 (CSI), bidirectional, line separators, tags.
    private static let hostile =
        "\u{9B}31m\u{202E}a\u{2066}b\u{61C}c\u{2028}d\u{2029}e\u{85}\u{E0041}\u{E0001}f\u{1B}[2J\r\nevil: all is well\n"

    @Test(arguments: [
        [hostile], ["--" + hostile], ["-" + hostile], ["help", hostile], ["report", hostile],
        ["report", "--format", hostile],
        ["report", "--format=" + hostile], ["report", "--since", hostile], ["report", "--fail-above", hostile],
        ["report", "--database", hostile], ["report", "--by", hostile], ["collect", "--config", hostile],
        ["collect", "--concurrency", hostile], ["collect", "--log-format", hostile], ["collect", "--server", hostile],
        ["config", hostile], ["config", "check", "--config", hostile], ["show", hostile, hostile],
        ["explain", hostile], ["sql", hostile], ["schema", "--format", hostile],
        ["demo", "--database", "/none/" + hostile], ["simulate", "--vms", hostile],
        ["vcenter", "rename", "a", hostile], ["shell-init", hostile], ["metrics", "--output", "/none/" + hostile],
    ])
    func `an argument is repeated on one line without terminal controls`(arguments: [String]) async throws {
        try await TemporaryDirectory.with { directory in
            let run = try await BuiltExecutable.history.run(arguments, in: directory)
            #expect(run.termination != .exited(0) && !run.standardError.isEmpty)
            let acting = (run.standardError + run.standardOutput).unicodeScalars.filter { $0.isUnseen && $0 != "\n" }
            #expect(acting.isEmpty, "\(run.standardError.debugDescription)")
            #expect(!run.standardError.split(separator: "\n").contains { $0.hasPrefix("evil") })
        }
    }

    @Test func `messages in JSON are escaped`() async throws {
        try await PolledVCenter.with(vms: 1) { polled in
            let words = "no\u{9B}31m \u{202E}entry\u{2028}\u{E0041} é 日本 👩‍👩‍👧"
            polled.vCenter.inject(
                .answer(503, body: #"{"error_type":"ERROR","messages":[{"id":"x","default_message":"\#(words)"}]}"#)
            ) { $0.kind == .virtualMachineList }
            let run = try await polled.history("collect", "--log-format", "json", "--verbose")
            #expect(run.standardError.unicodeScalars.allSatisfy { !$0.isUnseen || $0 == "\n" })
            let messages = try run.standardError.split(separator: "\n").map { line in
                try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
            }
            #expect(
                messages.contains { $0.values.contains { ($0 as? String)?.contains(words) == true } },
                "\(run.standardError)")
        }
    }

    @Test(arguments: ["customization-history", "gch"])
    func `every message uses the name by which the program was called`(name: String) async throws {
        try await PolledVCenter.with(vms: 1) { polled in
            let directory = polled.directory
            try directory.link(name, to: BuiltExecutable.history.path)
            func called(_ arguments: String...) async throws -> EndedRun {
                try await BuiltExecutable(path: directory.path(name)).run(
                    arguments, environment: polled.environment, in: directory)
            }
            expectOneLine(try await called("report"), 74, "\(name): cannot read", "run `\(name) collect`")
            expectOneLine(try await called("collect", "--server", "127.0.0.1:1"), 69, "\(name): ")
            expectOneLine(try await called("show", "nobody"), 64, "\(name): no VM in", "`\(name) report`")
            #expect(try await called("reprot").standardError.hasPrefix("\(name): Unknown subcommand"))
            #expect(try await called("--help").standardOutput.contains("USAGE: \(name) "))
            let nothing = try await called("report", "--fail-above", "5", "--quiet")
            expectOneLine(nothing, 5, "\(name): --fail-above", "`\(name) runs`")
        }
    }

    @Test(arguments: ["report", "show", "runs", "metrics", "sql"])
    func `every command that reads the history has --verbose and --quiet`(command: String) async throws {
        try await PolledVCenter.with(vms: 1) { polled in
            try await polled.collect()
            let arguments = [command] + (command == "show" ? [polled.vm(0)] : command == "sql" ? ["SELECT 1"] : [])
            let plain = try await polled.history(arguments)
            let verbose = try await polled.history(arguments + ["--verbose"])
            let quiet = try await polled.history(arguments + ["--quiet"])
            #expect([plain, verbose, quiet].allSatisfy { $0.termination == .exited(0) })
            #expect(verbose.standardError == "history: reading \(polled.database)\n")
            #expect(plain.standardError.isEmpty && quiet.standardError.isEmpty)
            #expect(quiet.standardOutput.isEmpty == (command == "report"))
            #expect(try await polled.history(arguments + ["-q", "-v"]).termination == .exited(64))
        }
    }
}

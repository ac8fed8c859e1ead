import Foundation
import Testing

@Suite struct `The command line` {
    @Test func `help is an answer: it goes to stdout and exits 0`() async throws {
        try await TemporaryDirectory.with { directory in
            let run = try await BuiltExecutable.history.run("--help", in: directory)
            #expect(run.termination == .exited(0))
            #expect(run.standardOutput.contains("USAGE: history"))
            #expect(run.standardError.isEmpty)
        }
    }

    @Test func `an unknown subcommand is a usage error: it goes to stderr and exits 64`() async throws {
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
    func `a wrong word is a usage error, in which the nearest is named`(arguments: [String], said: String) async throws
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

    @Test(arguments: ["customization-history", "gch"])
    func `every message names the program as it was called`(name: String) async throws {
        try await PolledVCenter.with(vms: 1) { polled in
            let directory = polled.directory
            try FileManager.default.createSymbolicLink(
                atPath: directory.path(name), withDestinationPath: BuiltExecutable.history.path)
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

    @Test(arguments: ["report", "show", "runs", "metrics"])
    func `every command that reads the history says more when asked to, and less`(command: String) async throws {
        try await PolledVCenter.with(vms: 1) { polled in
            _ = try await polled.history("collect")
            let arguments = [command] + (command == "show" ? [polled.vm(0)] : [])
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

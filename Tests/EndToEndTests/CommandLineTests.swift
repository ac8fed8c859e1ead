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

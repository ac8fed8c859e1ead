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
}

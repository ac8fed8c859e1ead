import Foundation
import Subprocess
import TestSupport
import Testing

/// The harness is tested with programs of known behaviour: with a harness that sees nothing, every test would pass.
@Suite struct HarnessTests {
    private let shell = BuiltExecutable(path: "/bin/sh")

    private func run(
        _ script: String, environment: [String: String] = [:], standardOutput: OutputChannel = .pipe,
        standardError: OutputChannel = .pipe, timeLimit: Duration = .seconds(60),
        whileRunning: @escaping @Sendable (RunningExecutable) async throws -> Void = { _ in }
    ) async throws -> EndedRun {
        try await TemporaryDirectory.with { directory in
            try await shell.run(
                "-c", script, environment: environment, in: directory, standardOutput: standardOutput,
                standardError: standardError, timeLimit: timeLimit, whileRunning: whileRunning)
        }
    }

    @Test func `stdout and stderr are captured separately to the last byte`() async throws {
        let ended = try await run(#"printf 'o\377'; printf e >&2; exit 3"#)
        #expect(ended.termination == .exited(3))
        #expect(ended.standardOutputBytes == [0x6F, 0xFF])
        #expect(ended.standardErrorBytes == [0x65])
    }

    @Test func `a process gets the given environment, no input and its own directory`() async throws {
        let ended = try await run(
            #"test -z "$(cat)" && ls -A | wc -l && env"#, environment: ["PATH": "/usr/bin:/bin", "GIVEN": "1"])
        let lines = ended.standardOutput.split(separator: "\n")
        #expect(lines.first == "0")
        let names = Set(lines.dropFirst().map { $0.prefix { $0 != "=" } })
        #expect(names.subtracting(["LLVM_PROFILE_FILE", "PWD", "OLDPWD", "_", "SHLVL"]) == ["PATH", "GIVEN"])
    }

    @Test func `a signal can be sent once the process has printed a line`() async throws {
        let ended = try await run(
            "trap 'echo ended; exit 7' TERM; echo ready; while :; do sleep 0.01; done", environment: ["PATH": "/bin"]
        ) { running in
            try await running.wait(for: "ready", in: \.standardOutput)
            try running.send(.terminate)
        }
        #expect(ended.termination == .exited(7))
        #expect(ended.standardOutput == "ready\nended\n")
    }

    @Test func `an end by a signal differs from an exit`() async throws {
        let ended = try await run("kill -KILL $$")
        #expect(ended.termination == .signaled(SIGKILL))
    }

    @Test func `each stream can be a terminal with a given width`() async throws {
        let script = "test -t 1; echo $?; test -t 2; echo $?; stty size <&2; printf bar >&2"
        let ended = try await run(
            script, environment: ["PATH": "/usr/bin:/bin"], standardError: .terminal(columns: 72))
        #expect(ended.standardOutput == "1\n0\n40 72\n")
        #expect(ended.standardError == "bar")
    }

    @Test func `a process that exceeds its time limit is killed with its children, and its output is reported`()
        async throws
    {
        let exceeded = await #expect(throws: BuiltExecutable.TimeLimitExceeded.self) {
            try await run("sleep 600 & echo $!; wait", environment: ["PATH": "/bin"], timeLimit: .seconds(1))
        }
        try await waitForEnd(of: try #require(Int32(exceeded?.standardOutput.dropLast() ?? "")))
    }

    @Test func `waiting for output fails when the process ends without it`() async throws {
        await #expect(throws: RunningExecutable.EndedWithoutOutput.self) {
            _ = try await run("echo other") { try await $0.wait(for: "expected", in: \.standardOutput) }
        }
    }

    @Test func `a process left running does not delay the result`() async throws {
        let ended = try await run("sleep 600 & echo $!", environment: ["PATH": "/bin"])
        try await waitForEnd(of: try #require(Int32(ended.standardOutput.dropLast())))
    }

    /// Returns once a killed process has ended. It then has no executable, even if nobody has read its exit code yet.
    private func waitForEnd(of process: Int32) async throws {
        try await waitUntil("process \(process) has ended") {
            !FileManager.default.fileExists(atPath: "/proc/\(process)/exe")
        }
    }
}

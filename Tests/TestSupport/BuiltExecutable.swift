import Foundation
import Subprocess

/// A program, run as a user runs it: in a process of its own.
package struct BuiltExecutable: Sendable {
    package let path: String

    package init(path: String) { self.path = path }

    /// The `history` that was built together with these tests.
    ///
    /// SwiftPM puts all products of one build into one directory, so `history` lies beside the running test bundle,
    /// in any configuration and under any `--scratch-path`.
    package static let history = BuiltExecutable(
        path: URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
            .deletingLastPathComponent().appendingPathComponent("history").path)

    /// Runs the executable to its end.
    ///
    /// Its environment is `environment` (and the place for line coverage, if that is measured), its standard input is
    /// `/dev/null`, and it leads a session of its own, so that the test's terminal does not affect it.
    /// - Parameters:
    ///   - directory: The working directory; `nil` for the root directory, where cron and systemd start a job.
    ///   - whileRunning: Acts on the running process: waits for output, sends signals. The run then continues to its end.
    /// - Throws: `TimeLimitExceeded`, after killing the process and its children; the errors of `whileRunning`.
    package func run(
        _ arguments: String...,
        environment: [String: String] = [:],
        in directory: TemporaryDirectory?,
        standardOutput: OutputChannel = .pipe,
        standardError: OutputChannel = .pipe,
        timeLimit: Duration = .seconds(60),
        whileRunning: @escaping @Sendable (RunningExecutable) async throws -> Void = { _ in }
    ) async throws -> EndedRun {
        try await run(
            arguments, environment: environment, in: directory, standardOutput: standardOutput,
            standardError: standardError, timeLimit: timeLimit, whileRunning: whileRunning)
    }

    /// The same with a list of arguments.
    package func run(
        _ arguments: [String],
        environment: [String: String] = [:],
        in directory: TemporaryDirectory?,
        standardOutput: OutputChannel = .pipe,
        standardError: OutputChannel = .pipe,
        timeLimit: Duration = .seconds(60),
        whileRunning: @escaping @Sendable (RunningExecutable) async throws -> Void = { _ in }
    ) async throws -> EndedRun {
        let (outputReading, outputWriting) = try standardOutput.open()
        let (errorReading, errorWriting) = try standardError.open()
        let output = CapturedOutput(reading: outputReading)
        let error = CapturedOutput(reading: errorReading)

        return try await withThrowingTaskGroup(of: EndedRun?.self) { group in
            group.addTask {
                let result = try await Subprocess.run(
                    .path(.init(path)), arguments: .init(arguments),
                    environment: .custom(Self.environment(environment)),
                    workingDirectory: .init(directory?.path ?? "/"),
                    platformOptions: Self.sessionOfItsOwn, input: .none,
                    output: .fileDescriptor(.init(rawValue: outputWriting), closeAfterSpawningProcess: true),
                    error: .fileDescriptor(.init(rawValue: errorWriting), closeAfterSpawningProcess: true)
                ) { execution in
                    try await whileRunning(.init(execution, standardOutput: output, standardError: error))
                }
                // A child that is still running would keep the output open forever.
                kill(-result.processIdentifier.value, SIGKILL)
                await output.untilEnd()
                await error.untilEnd()
                return EndedRun(
                    termination: result.terminationStatus, standardOutputBytes: output.bytes,
                    standardErrorBytes: error.bytes)
            }
            group.addTask {
                try await Task.sleep(for: timeLimit)
                return nil
            }
            defer { group.cancelAll() }
            guard let ended = try await group.next() ?? nil else {
                throw TimeLimitExceeded(
                    arguments: arguments, timeLimit: timeLimit, standardOutput: output.text, standardError: error.text)
            }
            return ended
        }
    }

    private static var sessionOfItsOwn: PlatformOptions {
        var options = PlatformOptions()
        options.createSession = true
        options.teardownSequence = [
            .send(signal: .kill, toProcessGroup: true, allowedDurationToNextStep: .seconds(1))
        ]
        return options
    }

    private static func environment(_ given: [String: String]) -> [Environment.Key: String] {
        var environment = given
        if given["LLVM_PROFILE_FILE"] == nil, let ours = ProcessInfo.processInfo.environment["LLVM_PROFILE_FILE"] {
            // In a directory of their own: a damaged one must not keep `swift test` from merging ours. scripts/test merges these.
            environment["LLVM_PROFILE_FILE"] =
                URL(fileURLWithPath: ours).deletingLastPathComponent().appendingPathComponent("history/%p.profraw").path
        }
        return Dictionary(uniqueKeysWithValues: environment.map { (.init(stringLiteral: $0), $1) })
    }

    /// The process exceeded its time limit and was killed.
    package struct TimeLimitExceeded: Error {
        package let arguments: [String]
        package let timeLimit: Duration
        package let standardOutput: String
        package let standardError: String
    }
}

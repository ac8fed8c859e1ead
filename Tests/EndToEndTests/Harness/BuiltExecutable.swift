import Foundation
import Subprocess

/// The `history` that was built together with these tests, run as a user runs it: in a process of its own.
struct BuiltExecutable: Sendable {
    let path: String

    /// SwiftPM puts all products of one build into one directory, so `history` lies beside the running test bundle,
    /// in any configuration and under any `--scratch-path`.
    static let history = BuiltExecutable(
        path: URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
            .deletingLastPathComponent().appendingPathComponent("history").path)

    /// Runs the executable to its end.
    ///
    /// Its environment holds `environment` and nothing else (but for where to leave its line coverage, when that is measured),
    /// its standard input is `/dev/null`, and it leads a session of its own, so that no terminal of the test's reaches it.
    /// - Parameter whileRunning: acts on the process meanwhile: waits for output, sends signals. The run then still goes on to its end.
    /// - Throws: `TimeLimitExceeded`, after killing the process with all it started; whatever `whileRunning` throws.
    func run(
        _ arguments: String...,
        environment: [String: String] = [:],
        in directory: TemporaryDirectory,
        standardOutput: OutputChannel = .pipe,
        standardError: OutputChannel = .pipe,
        timeLimit: Duration = .seconds(60),
        whileRunning: @escaping @Sendable (RunningExecutable) async throws -> Void = { _ in }
    ) async throws -> EndedRun {
        try await run(
            arguments, environment: environment, in: directory, standardOutput: standardOutput,
            standardError: standardError, timeLimit: timeLimit, whileRunning: whileRunning)
    }

    /// The same for arguments that come as a list.
    func run(
        _ arguments: [String],
        environment: [String: String] = [:],
        in directory: TemporaryDirectory,
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
                    environment: .custom(Self.environment(environment)), workingDirectory: .init(directory.path),
                    platformOptions: Self.sessionOfItsOwn, input: .none,
                    output: .fileDescriptor(.init(rawValue: outputWriting), closeAfterSpawningProcess: true),
                    error: .fileDescriptor(.init(rawValue: errorWriting), closeAfterSpawningProcess: true)
                ) { execution in
                    try await whileRunning(.init(execution, standardOutput: output, standardError: error))
                }
                // What the process left running would hold its output open for ever.
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
            // In a folder of their own: one that is damaged must not keep `swift test` from merging ours. scripts/test merges these.
            environment["LLVM_PROFILE_FILE"] =
                URL(fileURLWithPath: ours).deletingLastPathComponent().appendingPathComponent("history/%p.profraw").path
        }
        return Dictionary(uniqueKeysWithValues: environment.map { (.init(stringLiteral: $0), $1) })
    }

    /// The process had not ended in the time it was given, and was killed.
    struct TimeLimitExceeded: Error {
        let arguments: [String]
        let timeLimit: Duration
        let standardOutput: String
        let standardError: String
    }
}

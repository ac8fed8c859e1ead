import Glibc
import GuestCustomization
import PathTrust
import Subprocess

/// A program that the configuration names, with its arguments.
///
/// It runs without a shell, in its own session, so it can neither prompt on the terminal nor leave processes behind. Its error output
/// goes where ours goes, because we cannot know what in it is secret.
package struct ConfiguredProgram: Sendable {
    private let words: [String]
    private let noun: String
    private let advice: String

    /// - Parameters:
    ///   - words: The program and its arguments.
    ///   - noun: What it is, for errors: `password command`.
    ///   - advice: What to do if it fails.
    package init(_ words: [String], called noun: String, advice: String) {
        (self.words, self.noun, self.advice) = (words, noun, advice)
    }

    private var program: String { words.first ?? "" }

    func failure(_ problem: String) -> HistoryError {
        HistoryError(.configuration, about: "\(noun) \(program.shown())", problem, advice: advice)
    }

    /// What it prints, at most `size` bytes.
    ///
    /// - Parameter input: What it reads from standard input; at most 4 KiB, so that a pipe holds it.
    package func output(
        upTo size: Int, reading input: String = "", within limit: Duration, by clock: SteadyClock
    ) async throws(HistoryError) -> [UInt8] {
        let output: [UInt8]?
        do {
            let executable = try await executable()
            output = try await TimeLimit.value(within: limit, by: clock) {
                try await standardOutput(of: executable, upTo: size, reading: input)
            }
        } catch  where Task.isCancelled {
            throw failure("it was interrupted")
        } catch let control as ForeignControl {
            throw control.error(about: "\(noun) \(program.shown())")
        } catch let error as Failed {
            throw failure("it \(error.how)")
        } catch let error as SubprocessError where error.code == .outputLimitExceeded {
            throw failure("it printed more than \(size) bytes")
        } catch let error as SubprocessError where error.code == .executableNotFound {
            throw failure("the program does not exist")
        } catch let error as SubprocessError {
            throw failure("it could not be run: \(error.underlyingError.map { "\($0)" } ?? "\(error.code)")")
        } catch {
            throw failure("it was interrupted")
        }
        guard let output else { throw failure("it did not finish within \(limit.components.seconds) s") }
        return output
    }

    private struct Failed: Error {
        var how: String
    }

    /// The path of the program, if no other user controls what it does.
    private func executable() async throws -> Executable {
        let named: Executable = program.contains("/") ? .path(.init(program)) : .name(program)
        let path = try await named.resolveExecutablePath(in: .inherit)
        if let control = ForeignControl(overProgram: path.string) { throw control }
        return .path(path)
    }

    private func standardOutput(
        of program: Executable, upTo size: Int, reading input: String
    ) async throws -> [UInt8] {
        var options = PlatformOptions()
        options.createSession = true
        options.teardownSequence = [.send(signal: .kill, toProcessGroup: true, allowedDurationToNextStep: .zero)]
        let result = try await run(
            program, arguments: Arguments(Array(words.dropFirst())), platformOptions: options,
            input: .fileDescriptor(
                .init(rawValue: try Self.descriptor(reading: input)), closeAfterSpawningProcess: true),
            output: .bytes(limit: size), error: .currentStandardError)
        switch result.terminationStatus {
        case .exited(0): return result.standardOutput
        case .exited(let code): throw Failed(how: "exited with \(code)")
        case .signaled(let signal): throw Failed(how: "was killed by signal \(signal)")
        }
    }

    /// A descriptor that reads a text. Not Subprocess's own input: it crashes if the program ends without reading it.
    private static func descriptor(reading text: String) throws -> CInt {
        var ends: [CInt] = [-1, -1]
        guard pipe(&ends) == 0 else { throw Failed(how: "could not be given input") }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        let bytes = Array(text.utf8)
        defer { close(ends[1]) }
        guard bytes.count <= 4096, write(ends[1], bytes, bytes.count) == bytes.count else {
            close(ends[0])
            throw Failed(how: "could not be given input")
        }
        return ends[0]
    }
}

import GuestCustomization
import PathTrust
import Subprocess

/// A program that prints a password, such as `[pass, show, vcenter]`.
///
/// It runs without a shell, in its own session, so it can neither prompt on the terminal nor leave processes behind. Its error output
/// goes where ours goes, because we cannot know what in it is secret.
enum PasswordCommand {
    /// The output of the command, trimmed of white space.
    static func password(
        _ command: [String], within limit: Duration = .seconds(30), by clock: SteadyClock
    ) async throws(HistoryError) -> Secret {
        let program = command.first ?? ""
        func failure(_ problem: String) -> HistoryError {
            HistoryError(
                .configuration, about: "password command \(program.shown())", problem,
                advice: "run it by hand as this user: it must print the password and exit 0")
        }
        let output: [UInt8]?
        do {
            let executable = try await executable(program)
            output = try await TimeLimit.value(within: limit, by: clock) {
                try await standardOutput(of: executable, Array(command.dropFirst()))
            }
        } catch  where Task.isCancelled {
            throw failure("it was interrupted")
        } catch let control as ForeignControl {
            throw control.error(about: "password command \(program.shown())")
        } catch let error as Failed {
            throw failure("it \(error.how)")
        } catch let error as SubprocessError where error.code == .outputLimitExceeded {
            throw failure("it printed more than \(SecretFile.maximumSize) bytes")
        } catch let error as SubprocessError where error.code == .executableNotFound {
            throw failure("the program does not exist")
        } catch let error as SubprocessError {
            throw failure("it could not be run: \(error.underlyingError.map { "\($0)" } ?? "\(error.code)")")
        } catch {
            throw failure("it was interrupted")
        }
        guard let output else { throw failure("it did not finish within \(limit.components.seconds) s") }
        guard let text = String(validating: output, as: UTF8.self) else {
            throw failure("its output is not UTF-8")
        }
        let password = text.trimming(while: \.isWhitespace)
        guard !password.isEmpty else { throw failure("it printed nothing") }
        return Secret(password)
    }

    private struct Failed: Error {
        var how: String
    }

    /// The path of a program, if no other user controls what it does.
    private static func executable(_ program: String) async throws -> Executable {
        let named: Executable = program.contains("/") ? .path(.init(program)) : .name(program)
        let path = try await named.resolveExecutablePath(in: .inherit)
        if let control = ForeignControl(overProgram: path.string) { throw control }
        return .path(path)
    }

    private static func standardOutput(of program: Executable, _ arguments: [String]) async throws -> [UInt8] {
        var options = PlatformOptions()
        options.createSession = true
        options.teardownSequence = [.send(signal: .kill, toProcessGroup: true, allowedDurationToNextStep: .zero)]
        let result = try await run(
            program, arguments: Arguments(arguments), platformOptions: options,
            output: .bytes(limit: SecretFile.maximumSize), error: .currentStandardError)
        switch result.terminationStatus {
        case .exited(0): return result.standardOutput
        case .exited(let code): throw Failed(how: "exited with \(code)")
        case .signaled(let signal): throw Failed(how: "was killed by signal \(signal)")
        }
    }
}

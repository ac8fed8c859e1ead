import Foundation
import Subprocess
import TestSupport
import Testing

/// A Python program of `Tests/Peers`, which uses clients and validators that others wrote.
struct PeerProgram {
    /// The file name without its extension.
    let name: String

    /// Runs it on a file that contains `input`; records an issue unless it exits with 0.
    func run(on input: Data, in directory: TemporaryDirectory) async throws -> Data {
        let python = try #require(
            ProcessInfo.processInfo.environment["PEERS_PYTHON"],
            "PEERS_PYTHON is not set: scripts/test makes the Python environment that this test needs, and names it")
        let file = try directory.write("\(name).json", bytes: Array(input))
        let run = try await BuiltExecutable(path: python).run(
            Repository.path("Tests/Peers/\(name).py"), file, in: directory, timeLimit: .seconds(120))
        #expect(run.termination == .exited(0), "\(name).py: \(run.standardError.suffix(4000))")
        return Data(run.standardOutputBytes)
    }
}

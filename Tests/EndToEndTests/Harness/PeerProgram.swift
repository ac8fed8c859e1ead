import Foundation
import Subprocess
import Testing

/// A Python program of `Tests/Peers`, which brings what others wrote: clients of vCenter, validators.
struct PeerProgram {
    /// File name without the extension.
    let name: String

    private static let folder = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("Peers")

    /// Runs it on a file that holds `input`; records an issue unless it exits with 0.
    func run(on input: Data, in directory: TemporaryDirectory) async throws -> Data {
        let python = try #require(
            ProcessInfo.processInfo.environment["PEERS_PYTHON"],
            "PEERS_PYTHON is not set: scripts/test makes the Python environment that this test needs, and names it")
        let file = directory.path("\(name).json")
        try input.write(to: URL(fileURLWithPath: file))
        let run = try await BuiltExecutable(path: python).run(
            Self.folder.appendingPathComponent("\(name).py").path, file, in: directory, timeLimit: .seconds(120))
        #expect(run.termination == .exited(0), "\(name).py: \(run.standardError.suffix(4000))")
        return Data(run.standardOutputBytes)
    }
}

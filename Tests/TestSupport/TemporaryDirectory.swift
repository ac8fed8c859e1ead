import Foundation

/// A directory of one test's own, removed with everything in it when the value goes.
///
/// A suite keeps it as a property, which lasts as long as the test. Anywhere else, use `with`: Swift may release a local
/// object after its last use, before a path taken from it is used.
package final class TemporaryDirectory: Sendable {
    package let path: String

    /// Creates an empty directory that everyone may read.
    ///
    /// - Parameter hasSpace: Whether its path contains a space, so that a test notices missing quotes.
    package init(hasSpace: Bool = true) throws {
        path =
            FileManager.default.temporaryDirectory.resolvingSymlinksInPath().path
            + "/history\(hasSpace ? " " : "-")test-\(UUID().uuidString)"
        try makeDirectory("")
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// Calls `body` with an empty directory, which is removed afterwards.
    package static func with<Result>(
        hasSpace: Bool = true, isolation: isolated (any Actor)? = #isolation,
        _ body: (TemporaryDirectory) async throws -> Result
    ) async throws -> Result {
        let directory = try TemporaryDirectory(hasSpace: hasSpace)
        // Explicitly: the closures that a test gives to a simulated vCenter may keep the object alive.
        defer { try? FileManager.default.removeItem(atPath: directory.path) }
        return try await body(directory)
    }

    /// The path of `name` in this directory, whether or not such a file exists.
    package func path(_ name: String) -> String { name.isEmpty ? path : path + "/" + name }

    /// The names of the files in it, sorted.
    package var contents: [String] { get throws { try contents("") } }

    /// The names of the files in one of its directories, sorted.
    package func contents(_ name: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: path(name)).sorted()
    }

    /// Writes a file, by default one that only its owner may read; returns its path.
    @discardableResult
    package func write(_ name: String, _ text: String = "", mode: mode_t = 0o600) throws -> String {
        try write(name, bytes: Array(text.utf8), mode: mode)
    }

    /// Writes a file that need not be text; returns its path.
    @discardableResult
    package func write(_ name: String, bytes: [UInt8], mode: mode_t = 0o600) throws -> String {
        try Data(bytes).write(to: URL(fileURLWithPath: path(name)))
        try setMode(name, mode)
        return path(name)
    }

    /// The contents of a text file.
    package func read(_ name: String) throws -> String { try String(contentsOfFile: path(name), encoding: .utf8) }

    /// Creates a directory and its missing parents; returns its path.
    @discardableResult
    package func makeDirectory(_ name: String, mode: mode_t = 0o755) throws -> String {
        try FileManager.default.createDirectory(atPath: path(name), withIntermediateDirectories: true)
        try setMode(name, mode)
        return path(name)
    }

    /// Creates a symbolic link.
    package func link(_ name: String, to target: String) throws {
        try FileManager.default.createSymbolicLink(atPath: path(name), withDestinationPath: target)
    }

    /// Sets the permissions of a file or directory.
    package func setMode(_ name: String, _ mode: mode_t) throws {
        guard chmod(path(name), mode) == 0 else { throw SystemCallFailed("chmod") }
    }

    /// Gives a file, directory or link to a user and the group of the same number; only root can.
    package func give(_ name: String, to user: uid_t) throws {
        guard lchown(path(name), user, user) == 0 else { throw SystemCallFailed("lchown") }
    }
}

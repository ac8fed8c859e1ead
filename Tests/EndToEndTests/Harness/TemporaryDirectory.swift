import Foundation

/// A directory of one test's own, gone when the test ends.
struct TemporaryDirectory: Sendable {
    let url: URL

    var path: String { url.path }

    /// The path of `name` in this directory; nothing is made there.
    func path(_ name: String) -> String { url.appendingPathComponent(name).path }

    /// Gives `body` a new, empty directory and removes it with all it then holds, whatever `body` did.
    ///
    /// A scope and not a `deinit`: Swift may end an object's life after its last use, before a path taken from it is used.
    static func with<Result>(
        isolation: isolated (any Actor)? = #isolation, _ body: (TemporaryDirectory) async throws -> Result
    ) async throws -> Result {
        let url = FileManager.default.temporaryDirectory.appendingPathComponent("history test \(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: false)
        defer { try? FileManager.default.removeItem(at: url) }
        return try await body(TemporaryDirectory(url: url.resolvingSymlinksInPath()))
    }
}

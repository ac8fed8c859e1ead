import Foundation

/// The working copy that the tests were built from.
package enum Repository {
    private static let root = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    /// The path of a file or directory, given by its path in the repository.
    package static func path(_ name: String) -> String { root.path + "/" + name }

    /// The contents of a text file.
    package static func read(_ name: String) throws -> String {
        try String(contentsOfFile: path(name), encoding: .utf8)
    }
}

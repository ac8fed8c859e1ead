import Foundation

/// A folder of one test's own, gone with the value.
package final class TemporaryFiles {
    /// Its path.
    package let folder: String

    /// Makes the folder.
    package init() throws {
        folder = NSTemporaryDirectory() + "/history-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    }

    deinit {
        try? FileManager.default.removeItem(atPath: folder)
    }

    /// Writes a file and returns its path.
    @discardableResult
    package func write(_ name: String, _ text: String, mode: Int = 0o600) throws -> String {
        try write(name, bytes: Array(text.utf8), mode: mode)
    }

    @discardableResult
    package func write(_ name: String, bytes: [UInt8], mode: Int = 0o600) throws -> String {
        let path = folder + "/" + name
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
        return path
    }
}

import Foundation

/// A folder of one test's own in `/tmp`, where everyone may write and only owners may rename; gone with the value.
final class TemporaryFolder {
    let path: String

    init() throws {
        path = "/tmp/history path trust \(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
        try setMode("", 0o755)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func file(_ name: String) -> String { name.isEmpty ? path : path + "/" + name }

    func makeDirectory(_ name: String, mode: mode_t = 0o755) throws {
        try FileManager.default.createDirectory(atPath: file(name), withIntermediateDirectories: true)
        try setMode(name, mode)
    }

    @discardableResult
    func write(_ name: String, _ text: String = "", mode: mode_t = 0o600) throws -> String {
        try Data(text.utf8).write(to: URL(fileURLWithPath: file(name)))
        try setMode(name, mode)
        return file(name)
    }

    func link(_ name: String, to target: String) throws {
        try FileManager.default.createSymbolicLink(atPath: file(name), withDestinationPath: target)
    }

    func setMode(_ name: String, _ mode: mode_t) throws {
        guard chmod(file(name), mode) == 0 else { throw POSIXError(.init(rawValue: errno) ?? .EIO) }
    }

    /// Gives a file, directory or link to another user; only root can.
    func give(_ name: String, to user: uid_t) throws {
        guard lchown(file(name), user, user) == 0 else { throw POSIXError(.init(rawValue: errno) ?? .EIO) }
    }

    /// What `stat` says of the file at the end.
    func status(_ name: String) throws -> stat {
        var status = stat()
        guard stat(file(name), &status) == 0 else { throw POSIXError(.init(rawValue: errno) ?? .EIO) }
        return status
    }
}

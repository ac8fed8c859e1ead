import Foundation
import PathTrust

/// State that collecting processes keep from run to run outside the history: a small file beside it, of mode 0600.
///
/// It is read and overwritten in place, under a lock: even a full disk takes as many bytes as were there before. A file that cannot be
/// decoded counts as empty.
package struct StateFile<State: Codable>: Sendable {
    /// Why the file cannot be read or written, in the system's words.
    package struct Unusable: Error, CustomStringConvertible {
        package var description: String
    }

    private static var maximumSize: Int { 1 << 20 }
    private static var lockAttempts: Int { 200 }

    private let path: String
    private let database: String
    private let initial: @Sendable () -> State

    /// - Parameters:
    ///   - name: The suffix after the database's name.
    ///   - initial: The state if there is no file yet.
    package init(beside database: String, name: String, initial: @escaping @Sendable () -> State) {
        path = database + "-" + name
        self.database = database
        self.initial = initial
    }

    /// Changes the state. No other process reads or changes it meanwhile.
    package func update<Result>(_ change: (inout State) throws -> Result) throws -> Result {
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0o600)
        guard descriptor >= 0 else { throw fault("open") }
        defer { close(descriptor) }
        try requireFile(descriptor)
        try lock(descriptor)
        try closeToOthers(descriptor)
        let old = try read(descriptor)
        var state = (try? JSONDecoder().decode(State.self, from: old)) ?? initial()
        let result = try change(&state)
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        let new = try encoder.encode(state)
        if new != old { try write(new, descriptor) }
        return result
    }

    private func fault(_ attempt: String) -> Unusable {
        Unusable(description: "cannot \(attempt) \(path): \(String(cString: strerror(errno)))")
    }

    /// Takes the lock. Others hold it only for moments; a process that was suspended while holding it must not block us.
    private func lock(_ descriptor: Int32) throws {
        for _ in 0..<Self.lockAttempts {
            if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { return }
            guard errno == EWOULDBLOCK || errno == EINTR else { break }
            usleep(10_000)
        }
        throw fault("lock")
    }

    private func requireFile(_ descriptor: Int32) throws {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw fault("check") }
        guard status.st_mode & S_IFMT == S_IFREG else { throw Unusable(description: "\(path) is not a file") }
        if let planted = PlantedFile(at: path) {
            throw Unusable(description: "cannot use \(path): \(planted.problem)")
        }
        // A write would also change the file under its other name.
        guard status.st_nlink == 1 else {
            throw Unusable(description: "\(path) has another name elsewhere (a hard link); remove it")
        }
    }

    /// Makes the file private; one that root created gets the history's owner.
    private func closeToOthers(_ descriptor: Int32) throws {
        var own = stat()
        guard fstat(descriptor, &own) == 0 else { throw fault("check") }
        if own.st_mode & 0o077 != 0, fchmod(descriptor, 0o600) != 0 { throw fault("change the permissions of") }
        var history = stat()
        if geteuid() == 0, stat(database, &history) == 0, history.st_uid != own.st_uid {
            guard fchown(descriptor, history.st_uid, history.st_gid) == 0 else { throw fault("change the owner of") }
        }
    }

    private func read(_ descriptor: Int32) throws -> Data {
        var bytes = [UInt8](repeating: 0, count: Self.maximumSize)
        let count = pread(descriptor, &bytes, bytes.count, 0)
        guard count >= 0 else { throw fault("read") }
        return Data(bytes.prefix(count))
    }

    private func write(_ data: Data, _ descriptor: Int32) throws {
        let bytes = Array(data)
        var done = 0
        while done < bytes.count {
            let count = bytes.withUnsafeBytes { buffer in
                buffer.baseAddress.map { pwrite(descriptor, $0 + done, bytes.count - done, off_t(done)) } ?? 0
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw fault("write") }
            done += count
        }
        guard ftruncate(descriptor, off_t(bytes.count)) == 0 else { throw fault("write") }
    }
}

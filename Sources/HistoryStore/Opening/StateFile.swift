import Foundation
import PathTrust

/// What processes that collect into one history remember from run to run and is no part of the history: a small file beside it, of
/// mode 0600.
///
/// It is read and written under a lock, in its place: a disk that is full takes as many bytes as were there before. What cannot be decoded
/// counts as nothing remembered.
package struct StateFile<State: Codable>: Sendable {
    /// Why the file cannot be read or written, in the system's words.
    package struct Unusable: Error, CustomStringConvertible {
        package var description: String
    }

    private static var largest: Int { 1 << 20 }
    private static var lockAttempts: Int { 200 }

    private let path: String
    private let database: String
    private let initial: @Sendable () -> State

    /// - Parameters:
    ///   - name: Follows the database's own name.
    ///   - initial: What is remembered where there is no file yet.
    package init(beside database: String, name: String, initial: @escaping @Sendable () -> State) {
        path = database + "-" + name
        self.database = database
        self.initial = initial
    }

    /// Changes what is remembered. No other process sees or changes it meanwhile.
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

    /// Others hold it for a blink; one that was stopped in it must not stop us.
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
        guard fstat(descriptor, &status) == 0 else { throw fault("look at") }
        guard status.st_mode & S_IFMT == S_IFREG else { throw Unusable(description: "\(path) is not a file") }
        if let planted = PlantedFile(at: path) {
            throw Unusable(description: "cannot use \(path): \(planted.problem)")
        }
        // What is written there would be written to another file as well.
        guard status.st_nlink == 1 else {
            throw Unusable(description: "\(path) has another name elsewhere (a hard link); remove it")
        }
    }

    /// A file that root made belongs to whom the history belongs to.
    private func closeToOthers(_ descriptor: Int32) throws {
        var own = stat()
        guard fstat(descriptor, &own) == 0 else { throw fault("look at") }
        if own.st_mode & 0o077 != 0, fchmod(descriptor, 0o600) != 0 { throw fault("close to others") }
        var history = stat()
        if geteuid() == 0, stat(database, &history) == 0, history.st_uid != own.st_uid {
            guard fchown(descriptor, history.st_uid, history.st_gid) == 0 else { throw fault("give away") }
        }
    }

    private func read(_ descriptor: Int32) throws -> Data {
        var bytes = [UInt8](repeating: 0, count: Self.largest)
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

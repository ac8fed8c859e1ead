import Glibc
import GuestCustomization
import PathTrust

/// The contents of a file of bounded size, with its owner and mode when it was opened. Refused if another user controls the contents.
///
/// Such a file decides where passwords go, which commands run, or whom to trust. Pipes are read too: `GOVC_PASSWORD=<(pass show vcenter)` names
/// one.
struct BoundedFile {
    enum Fault: Error {
        /// `errno` of the call that failed.
        case system(CInt)
        case larger(than: Int)
        case foreign(ForeignControl)

        /// The system's description of the fault, such as `No such file or directory`.
        var reason: String {
            switch self {
            case .system(let number): String(cString: strerror(number))
            case .larger(let limit): "it is larger than \(limit) bytes"
            case .foreign(let control): control.problem
            }
        }

        /// This as an error for people.
        ///
        /// - Parameters:
        ///   - what: What the file is, with its path.
        ///   - advice: What to do if it cannot be read.
        func error(about what: String, advice: String) -> HistoryError {
            switch self {
            case .system, .larger:
                HistoryError(.configuration, about: what, "cannot be read: \(reason)", advice: advice, cause: self)
            case .foreign(let control): control.error(about: what)
            }
        }
    }

    var bytes: [UInt8]
    var owner: uid_t
    /// Permission bits, at most `0o7777`.
    var mode: mode_t
    /// Whether it is a plain file, which can be read again, rather than a pipe or a device.
    var isRegular: Bool

    /// Reads all of a file that holds at most `limit` bytes.
    init(path: String, limit: Int) throws(Fault) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .system(errno) }
        defer { close(descriptor) }
        // Check the open file, not the path: a path can lead to another file the next time it is looked up.
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw .system(errno) }
        owner = status.st_uid
        mode = status.st_mode & 0o7777
        isRegular = status.st_mode & S_IFMT == S_IFREG
        if let control = ForeignControl(overFile: path, opened: status) { throw .foreign(control) }
        bytes = []
        var chunk = [UInt8](repeating: 0, count: min(limit + 1, 65536))
        while true {
            let count = read(descriptor, &chunk, chunk.count)
            if count == 0 { return }
            if count < 0 {
                if errno == EINTR { continue }
                throw .system(errno)
            }
            guard bytes.count + count <= limit else { throw .larger(than: limit) }
            bytes.append(contentsOf: chunk[..<count])
        }
    }
}

extension ForeignControl {
    /// This as an error for people.
    func error(about what: String) -> HistoryError {
        HistoryError(.configuration, about: what, problem, advice: remedy, cause: self)
    }
}

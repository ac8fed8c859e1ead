import Foundation
import GuestCustomization
import HistoryStore
import PathTrust

/// A file that a command writes its result to, completely or not at all.
///
/// A reader, such as a web server or node_exporter, sees either the old file or the new one, even after a crash of the machine.
struct OutputFile {
    /// `-` is standard output.
    let path: String
    /// The file's permissions, whatever the umask; `nil` to keep those of the existing file, or to use those of any new file.
    var mode: mode_t?
    /// The history that the result comes from, which must not be overwritten; `nil` if there is none.
    var history: String?

    /// The reader of standard output, such as `head`, has stopped reading.
    struct ReaderIsGone: Error {}

    /// Writes a text piece by piece.
    typealias Producer = ((String) throws -> Void) throws -> Void

    /// - Throws: `HistoryError`, 73 if the file cannot be made, 74 if it cannot be written; `ReaderIsGone`.
    func write(_ text: String) throws { try write([text]) }

    /// Writes a text that comes in pieces.
    ///
    /// - Throws: The same.
    func write(_ pieces: [String]) throws {
        try stream { write in for piece in pieces { try write(piece) } }
    }

    /// Calls `produce` with a function that writes a piece, whose errors it must pass on.
    ///
    /// - Throws: The same; what `produce` throws, and then the file is as it was.
    func stream(_ produce: Producer) throws {
        if path == "-" {
            try Self.write(produce, to: STDOUT_FILENO, called: "standard output")
            return
        }
        let target = try Self.target(of: path)
        if let part = DatabaseParts.description(ofFile: target, history: history) {
            throw HistoryError(
                .cannotCreate, about: "cannot write \(path)", "it is \(part) and was not changed",
                advice: "name another file")
        }
        var status = stat()
        let isThere = stat(target, &status) == 0
        if isThere, status.st_mode & S_IFMT != S_IFREG {
            try writeInto(target, isDirectory: status.st_mode & S_IFMT == S_IFDIR, produce)
        } else {
            // Keep the permissions of an existing file.
            try replace(target, with: produce, mode: mode ?? (isThere ? status.st_mode & 0o777 : nil))
        }
    }

    /// The real path of a file to be written: a symbolic link is kept, and its target replaced.
    ///
    /// - Throws: `HistoryError` if somebody else controls where the path leads, or if it leads nowhere.
    static func target(of path: String) throws -> String {
        if let planted = PlantedFile(at: path) {
            throw HistoryError(.cannotCreate, about: "cannot write \(path)", planted.problem, cause: planted)
        }
        let real = RealPath(path)
        guard !real.isDangling else {
            throw HistoryError(
                .cannotCreate, about: "cannot write \(path)", "it is a symbolic link to a file that does not exist",
                advice: "remove the link or create the file")
        }
        return real.path
    }

    /// A file that is not regular (`/dev/null`, a named pipe) cannot be replaced by a regular one.
    private func writeInto(_ target: String, isDirectory: Bool, _ produce: Producer) throws {
        guard !isDirectory else {
            throw HistoryError(.cannotCreate, about: "cannot write \(path)", "it is a directory", advice: "name a file")
        }
        let descriptor = open(target, O_WRONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure(.cannotCreate, "open", errno) }
        defer { close(descriptor) }
        try Self.write(produce, to: descriptor, called: path)
    }

    private func replace(_ target: String, with produce: Producer, mode: mode_t?) throws {
        let directory = URL(fileURLWithPath: target).deletingLastPathComponent().path
        do {
            var file = try ReplacementFile(in: directory, mode: mode == nil ? 0o666 : 0o600)
            if let mode, fchmod(file.descriptor, mode) != 0 {
                throw failure(.cannotCreate, "set its permissions", errno)
            }
            try Self.write(produce, to: file.descriptor, called: path)
            try file.replace(target)
        } catch let fault as ReplacementFile.Fault {
            throw failure(fault.kind, fault.step, fault.code)
        }
        ReplacementFile.sync(directory: directory)
    }

    private func failure(_ kind: HistoryError.Code, _ step: String, _ code: Int32) -> HistoryError {
        HistoryError(
            kind, about: "cannot write \(path)", "cannot \(step): \(String(cString: strerror(code)))",
            advice: "the existing file is unchanged")
    }

    private static func write(_ produce: Producer, to descriptor: Int32, called name: String) throws {
        try produce { try write($0, to: descriptor, called: name) }
    }

    private static func write(_ text: String, to descriptor: Int32, called name: String) throws {
        var text = text
        try text.withUTF8 { bytes in
            var rest = UnsafeRawBufferPointer(bytes)[...]
            while !rest.isEmpty {
                let written = Foundation.write(
                    descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
                if written < 0 {
                    if errno == EINTR { continue }
                    if errno == EPIPE, descriptor == STDOUT_FILENO { throw ReaderIsGone() }
                    throw HistoryError(
                        .inputOutput, about: "cannot write \(name)", String(cString: strerror(errno)),
                        advice: "free some space or choose another file")
                }
                rest = rest.dropFirst(written)
            }
        }
    }
}

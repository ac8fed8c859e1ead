import Foundation
import GuestCustomization

/// A text that a command reads from a file or, as `-`, from standard input.
struct InputText {
    let text: String

    /// - Parameters:
    ///   - noun: What the file is, for errors: `proof`.
    ///   - limit: Bytes; a larger file is refused.
    /// - Throws: `HistoryError`: `usage` if it is too long or not UTF-8, otherwise `inputOutput`.
    init(_ path: String, of noun: String, upTo limit: Int) throws {
        func refusal(_ problem: String, _ code: HistoryError.Code = .inputOutput) -> HistoryError {
            HistoryError(
                code, about: "cannot read the \(noun) \(path == "-" ? "from standard input" : path)", problem)
        }
        let descriptor = path == "-" ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw refusal(String(cString: strerror(errno))) }
        defer { if path != "-" { close(descriptor) } }
        var bytes: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = read(descriptor, &piece, piece.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw refusal(String(cString: strerror(errno))) }
            if count == 0 { break }
            bytes += piece[..<count]
            guard bytes.count <= limit else { throw refusal("it is longer than \(limit) bytes", .usage) }
        }
        guard let text = String(validating: bytes, as: UTF8.self) else { throw refusal("it is not UTF-8", .usage) }
        self.text = text
    }
}

import Foundation
import ReportRendering
import GuestCustomization

/// Writes the result of a query to standard output, while the query runs.
struct QueryOutput {
    /// Bytes that are written at once.
    private static let pieceLength = 64 << 10

    private var renderer: any QueryRenderer
    private var text = ""

    init(renderer: any QueryRenderer) {
        self.renderer = renderer
    }

    mutating func head(_ columns: [String]) throws { try add(renderer.head(columns)) }

    mutating func row(_ values: [QueryValue]) throws { try add(renderer.row(values)) }

    mutating func end() throws {
        try add(renderer.end())
        try flush()
    }

    private mutating func add(_ piece: String) throws {
        text += piece
        if text.utf8.count >= Self.pieceLength { try flush() }
    }

    private mutating func flush() throws {
        defer { text = "" }
        try OutputFile(path: "-").write(text)
    }
}

/// A query from standard input.
enum QueryInput {
    /// In bytes; SQLite accepts no longer statement.
    private static let limit = 1_000_000

    /// - Throws: `HistoryError`.
    static func read() throws -> String {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 64 << 10)
        while true {
            let count = Foundation.read(STDIN_FILENO, &chunk, chunk.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else {
                throw HistoryError(
                    .inputOutput, about: "cannot read the query from standard input", String(cString: strerror(errno)))
            }
            if count == 0 { break }
            bytes += chunk[..<count]
            guard bytes.count <= limit else {
                throw HistoryError(
                    .usage, about: "cannot read the query from standard input", "it is longer than \(limit) bytes")
            }
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw HistoryError(.usage, about: "cannot read the query from standard input", "it is not UTF-8")
        }
        return text
    }
}

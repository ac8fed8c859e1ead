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

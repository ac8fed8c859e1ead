import GRDB

/// What the VMs of a run answered last, as it is stored: nearly every one answers the same again, word for word.
struct StoredAnswers {
    /// An answer's row, and where its bytes are.
    struct Position {
        let id: Int64
        let bytes: Range<Int>
    }

    private var bytes: [UInt8] = []
    private var working = AnswerBytes()
    /// Bytes. A longer answer is recognised by its digest, so that it is not the bodies that decide how much memory a run takes.
    private static let longest = 1024

    /// Takes in the answer whose column `result` is the one at `first` of a row; `nil` if it is too long.
    mutating func add(_ id: Int64, _ row: StatementColumns, from first: CInt) -> Position? {
        let start = bytes.count
        working.write(row, from: first)
        working.withUnsafeBytes { if $0.count <= Self.longest { bytes.append(contentsOf: $0) } }
        return bytes.count > start ? Position(id: id, bytes: start..<bytes.count) : nil
    }

    func withUnsafeBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
        try bytes.withUnsafeBytes(body)
    }
}

import Foundation
import GuestCustomization

/// Everything that is stored of one answer, as the bytes that `AnswerDigest` describes.
///
/// One value is reused as working memory for many answers.
struct AnswerBytes: Equatable {
    private var buffer: [UInt8] = []
    private var count = 0
    /// Bytes of all columns without the contents of texts and body: nine bytes each, and `result`.
    private static let frame = 10 * 9 + 32

    /// Writes the answer of a poll, by pointer: copying the answer takes longer than writing it.
    mutating func write(_ poll: UnsafePointer<Poll>) {
        let status = poll.pointee.answer.info?.status.rawValue
        let error = poll.pointee.answer.info?.error ?? poll.pointee.answer.failure
        let (errorID, errorText, untranslated) = (error?.id, error?.text, error?.untranslated)
        let body = poll.pointee.answer.body
        let texts =
            (status?.utf8.count ?? 0) + (errorID?.utf8.count ?? 0) + (errorText?.utf8.count ?? 0)
            + (untranslated?.utf8.count ?? 0)
        // A NUL takes three bytes when stored.
        write(upTo: 3 * texts + (body?.count ?? 0)) { columns in
            columns.put(word: poll.pointee.answer.result.rawValue)
            columns.put(number: poll.pointee.answer.isAnswer ? 1 : 0)
            columns.put(number: poll.pointee.answer.httpStatus.map(Int64.init))
            columns.put(text: status)
            columns.put(number: poll.pointee.answer.info?.startTime?.unixMilliseconds)
            columns.put(number: poll.pointee.answer.info?.endTime?.unixMilliseconds)
            columns.put(text: errorID)
            columns.put(text: errorText)
            columns.put(text: untranslated)
            if let body {
                body.withUnsafeBytes { columns.put(run: $0) }
            } else {
                columns.putNull()
            }
        }
    }

    /// Writes a row of `answer`, from its column `result` on.
    ///
    /// - Parameter first: The position of that column; the others follow in the order of the schema.
    mutating func write(_ row: StatementColumns, from first: CInt) throws {
        let result = try row.text(first)
        let texts = try [first + 3, first + 6, first + 7, first + 8].map { try row.textOrNull($0) }
        let numbers = try [first + 1, first + 2, first + 4, first + 5].map { index in
            row.isNull(index) ? nil : try row.integer(index, in: Int64.min...Int64.max, "")
        }
        let body = try row.bodyOrNull(first + 9)
        let size = result.utf8.count + texts.reduce(0) { $0 + ($1?.utf8.count ?? 0) } + (body?.count ?? 0)
        write(upTo: size) { columns in
            columns.put(word: result)
            columns.put(number: numbers[0])
            columns.put(number: numbers[1])
            columns.put(text: texts[0])
            columns.put(number: numbers[2])
            columns.put(number: numbers[3])
            for text in texts[1...] { columns.put(text: text) }
            if let body { columns.put(run: body) } else { columns.putNull() }
        }
    }

    func withUnsafeBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
        try buffer.withUnsafeBytes { try body(UnsafeRawBufferPointer(rebasing: $0[..<count])) }
    }

    static func == (left: AnswerBytes, right: AnswerBytes) -> Bool {
        guard left.count == right.count else { return false }
        return left.withUnsafeBytes { left in
            right.withUnsafeBytes { right in
                guard let start = left.baseAddress, let other = right.baseAddress else { return true }
                return memcmp(start, other, left.count) == 0
            }
        }
    }

    private mutating func write(upTo size: Int, _ body: (inout ColumnWriter) -> Void) {
        if buffer.count < size + Self.frame { buffer = Array(repeating: 0, count: 2 * (size + Self.frame)) }
        count = buffer.withUnsafeMutableBytes { target in
            var columns = ColumnWriter(target: target)
            body(&columns)
            return columns.count
        }
    }
}

/// Writes columns one after another to memory that is large enough.
private struct ColumnWriter {
    private let target: UnsafeMutableRawBufferPointer
    private(set) var count = 0

    init(target: UnsafeMutableRawBufferPointer) { self.target = target }

    mutating func putNull() { put(0) }

    mutating func put(number: Int64?) {
        guard let number else { return putNull() }
        put(1)
        put(littleEndian: UInt64(bitPattern: number))
    }

    /// Writes one of this program's own words.
    mutating func put(word: String) {
        var word = word
        word.withUTF8 { put(run: UnsafeRawBufferPointer($0)) }
    }

    /// Writes a text as it is stored, see `storable`. A NUL is searched for by bytes, because this is done for every poll.
    mutating func put(text: String?) {
        guard var text else { return putNull() }
        let isStorable = text.withUTF8 { bytes in
            if let start = bytes.baseAddress, memchr(start, 0, bytes.count) != nil { return false }
            put(run: UnsafeRawBufferPointer(bytes))
            return true
        }
        if isStorable { return }
        var storable = text.storable
        storable.withUTF8 { put(run: UnsafeRawBufferPointer($0)) }
    }

    mutating func put(run bytes: UnsafeRawBufferPointer) {
        put(1)
        put(littleEndian: UInt64(bytes.count))
        UnsafeMutableRawBufferPointer(rebasing: target[count...]).copyMemory(from: bytes)
        count += bytes.count
    }

    private mutating func put(_ byte: UInt8) {
        target[count] = byte
        count += 1
    }

    private mutating func put(littleEndian value: UInt64) {
        target.storeBytes(of: value.littleEndian, toByteOffset: count, as: UInt64.self)
        count += 8
    }
}

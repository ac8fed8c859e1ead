import Crypto
import Foundation
import GuestCustomization

/// SHA-256 over all that is stored of one answer, by which each distinct answer is stored once.
///
/// The digested bytes are the columns of `answer` in the order of the schema, from `result` to `raw`, and can be made again from
/// a row: a text or body as its length in bytes (8 bytes, little-endian) and its bytes, a number as 8 bytes, little-endian, each
/// after a byte 1; a NULL as a byte 0. No two different rows give the same bytes.
struct AnswerDigest: Hashable, Sendable {
    private var words: (UInt64, UInt64, UInt64, UInt64)

    /// - Parameter buffer: Working memory, kept by the caller so that it is not allocated for every poll.
    init(_ answer: Answer, buffer: inout [UInt8]) {
        buffer.removeAll(keepingCapacity: true)
        buffer.append(text: answer.result.rawValue)
        buffer.append(number: answer.httpStatus.map(Int64.init))
        if let info = answer.info {
            buffer.append(text: info.status.rawValue)
            buffer.append(number: info.startTime?.unixMilliseconds)
            buffer.append(number: info.endTime?.unixMilliseconds)
        } else {
            buffer.append(text: nil)
            buffer.append(number: nil)
            buffer.append(number: nil)
        }
        if let error = answer.info?.error ?? answer.failure {
            buffer.append(text: error.id)
            buffer.append(text: error.text)
        } else {
            buffer.append(text: nil)
            buffer.append(text: nil)
        }
        buffer.append(bytes: answer.body)
        words = (0, 0, 0, 0)
        var hasher = SHA256()
        buffer.withUnsafeBytes { hasher.update(bufferPointer: $0) }
        let digest = hasher.finalize()
        withUnsafeMutableBytes(of: &words) { target in
            digest.withUnsafeBytes { target.copyMemory(from: $0) }
        }
    }

    /// From the column `sha256`; `nil` unless it has 32 bytes.
    init?(_ bytes: UnsafeRawBufferPointer) {
        guard bytes.count == 32 else { return nil }
        words = (0, 0, 0, 0)
        withUnsafeMutableBytes(of: &words) { $0.copyMemory(from: bytes) }
    }

    var data: Data { withUnsafeBytes(of: words) { Data($0) } }

    static func == (left: AnswerDigest, right: AnswerDigest) -> Bool { left.words == right.words }

    func hash(into hasher: inout Hasher) {
        // The words of a digest are as random as they get.
        hasher.combine(words.0)
    }
}

extension [UInt8] {
    fileprivate mutating func append(littleEndian value: UInt64) {
        Swift.withUnsafeBytes(of: value.littleEndian) { append(contentsOf: $0) }
    }

    fileprivate mutating func append(number: Int64?) {
        append(number == nil ? 0 : 1)
        if let number { append(littleEndian: UInt64(bitPattern: number)) }
    }

    fileprivate mutating func append(text: String?) {
        append(text == nil ? 0 : 1)
        guard var text else { return }
        let isStorable = text.withUTF8 { bytes in
            // A text as it is stored, see `storable`; asked of the bytes, as this is done for every poll.
            guard !bytes.contains(0) else { return false }
            append(littleEndian: UInt64(bytes.count))
            append(contentsOf: bytes)
            return true
        }
        if isStorable { return }
        removeLast()
        append(text: text.storable)
    }

    fileprivate mutating func append(bytes: [UInt8]?) {
        append(bytes == nil ? 0 : 1)
        guard let bytes else { return }
        append(littleEndian: UInt64(bytes.count))
        append(contentsOf: bytes)
    }
}

import CCryptoBoringSSL
import Crypto
import Foundation

/// SHA-256 over everything that is stored of one answer, so that each distinct answer is stored once.
///
/// The digested bytes are the columns of `answer` in the order of the schema, from `result` to `raw`, and can be recomputed from
/// a row. A text or body is its length in bytes (8 bytes, little-endian) and its bytes; a number is 8 bytes, little-endian; each
/// follows a byte 1. A NULL is a byte 0. No two different rows give the same bytes.
struct AnswerDigest: Hashable, Sendable {
    private var words: (UInt64, UInt64, UInt64, UInt64)

    init(_ bytes: AnswerBytes) {
        words = (0, 0, 0, 0)
        // BoringSSL itself, which `Crypto` brings: the objects around it take half as long as the hash.
        withUnsafeMutableBytes(of: &words) { target in
            bytes.withUnsafeBytes { source in
                _ = CCryptoBoringSSL_SHA256(source.baseAddress, source.count, target.baseAddress)
            }
        }
    }

    /// The digest of a script.
    init(_ script: [UInt8]) {
        words = (0, 0, 0, 0)
        withUnsafeMutableBytes(of: &words) { target in
            SHA256.hash(data: script).withUnsafeBytes { target.copyMemory(from: $0) }
        }
    }

    /// The digest in the column `sha256`; `nil` unless it has 32 bytes.
    init?(_ bytes: UnsafeRawBufferPointer) {
        guard bytes.count == 32 else { return nil }
        words = (0, 0, 0, 0)
        withUnsafeMutableBytes(of: &words) { $0.copyMemory(from: bytes) }
    }

    func withUnsafeBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
        try Swift.withUnsafeBytes(of: words) { try body($0) }
    }

    var data: Data { withUnsafeBytes { Data($0) } }

    static func == (left: AnswerDigest, right: AnswerDigest) -> Bool { left.words == right.words }

    func hash(into hasher: inout Hasher) {
        // Any word of a digest is random enough.
        hasher.combine(words.0)
    }
}

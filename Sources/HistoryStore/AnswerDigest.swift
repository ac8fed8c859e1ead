import Crypto
import Foundation

/// SHA-256 over all that is stored of one answer, by which each distinct answer is stored once.
///
/// The digested bytes are the columns of `answer` in the order of the schema, from `result` to `raw`, and can be made again from
/// a row: a text or body as its length in bytes (8 bytes, little-endian) and its bytes, a number as 8 bytes, little-endian, each
/// after a byte 1; a NULL as a byte 0. No two different rows give the same bytes.
struct AnswerDigest: Hashable {
    let data: Data

    init(_ bytes: AnswerBytes) {
        data = bytes.withUnsafeBytes { Data(SHA256.hash(data: $0)) }
    }
}

import Crypto
import Foundation

/// A hash of an RFC 6962 Merkle tree: SHA-256, with a byte in front of the input that tells leaves from inner nodes.
package struct MerkleHash: Hashable, Sendable {
    private var words: (UInt64, UInt64, UInt64, UInt64)

    private init(_ digest: SHA256.Digest) {
        words = (0, 0, 0, 0)
        withUnsafeMutableBytes(of: &words) { target in digest.withUnsafeBytes { target.copyMemory(from: $0) } }
    }

    /// The stored form; `nil` unless it has 32 bytes.
    package init?(bytes: UnsafeRawBufferPointer) {
        guard bytes.count == 32 else { return nil }
        words = (0, 0, 0, 0)
        withUnsafeMutableBytes(of: &words) { $0.copyMemory(from: bytes) }
    }

    /// From base64, as in a checkpoint; `nil` unless it encodes 32 bytes.
    package init?(base64: String) {
        guard base64.utf8.count == 44, let data = Data(base64Encoded: base64) else { return nil }
        guard let hash = data.withUnsafeBytes({ MerkleHash(bytes: $0) }) else { return nil }
        self = hash
    }

    /// From hexadecimal digits; `nil` unless there are 64.
    package init?(hex: String) {
        let digits = hex.utf8.compactMap { Character(UnicodeScalar($0)).hexDigitValue }
        guard digits.count == 64, hex.utf8.count == 64 else { return nil }
        let bytes = stride(from: 0, to: 64, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
        guard let hash = bytes.withUnsafeBytes({ MerkleHash(bytes: $0) }) else { return nil }
        self = hash
    }

    /// The root of a tree without leaves: the hash of nothing.
    package static let emptyRoot = MerkleHash(SHA256().finalize())

    /// The hash of a leaf: SHA-256 of a byte 0 and the leaf's bytes.
    package static func leaf(_ bytes: [UInt8]) -> MerkleHash {
        var hash = SHA256()
        withUnsafeBytes(of: UInt8(0)) { hash.update(bufferPointer: $0) }
        bytes.withUnsafeBytes { hash.update(bufferPointer: $0) }
        return MerkleHash(hash.finalize())
    }

    /// The hash of an inner node: SHA-256 of a byte 1 and the hashes of its two children.
    package static func node(_ left: MerkleHash, _ right: MerkleHash) -> MerkleHash {
        var hash = SHA256()
        withUnsafeBytes(of: (UInt8(1))) { hash.update(bufferPointer: $0) }
        withUnsafeBytes(of: left.words) { hash.update(bufferPointer: $0) }
        withUnsafeBytes(of: right.words) { hash.update(bufferPointer: $0) }
        return MerkleHash(hash.finalize())
    }

    /// Its 32 bytes.
    package var data: Data { withUnsafeBytes(of: words) { Data($0) } }
    /// In base64, 44 characters, as in a checkpoint.
    package var base64: String { data.base64EncodedString() }

    /// In hexadecimal digits, 64 characters, as in a record.
    package var hex: String {
        String(decoding: withUnsafeBytes(of: words) { HexDigits.of($0) }, as: UTF8.self)
    }

    package static func == (left: MerkleHash, right: MerkleHash) -> Bool { left.words == right.words }

    package func hash(into hasher: inout Hasher) { hasher.combine(words.0) }
}

/// Hexadecimal digits in lower case.
package enum HexDigits {
    private static let digits = Array("0123456789abcdef".utf8)

    /// Two digits for each byte, in ASCII.
    package static func of(_ bytes: UnsafeRawBufferPointer) -> [UInt8] {
        var text: [UInt8] = []
        text.reserveCapacity(2 * bytes.count)
        for byte in bytes {
            text.append(digits[Int(byte >> 4)])
            text.append(digits[Int(byte & 15)])
        }
        return text
    }
}

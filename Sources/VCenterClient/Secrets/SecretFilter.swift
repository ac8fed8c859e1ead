/// Settles nearly every text that repeats no secret, by a look at few of its bytes.
///
/// A part of a secret that gives it away has at least `stride + 3` bytes, so it contains one of the four bytes that begin at a multiple of
/// `stride`. The filter knows all four bytes in a row of the secrets.
struct SecretFilter: Sendable {
    private static let gramLength = 4
    private static let hashBits = 16
    private let secrets: [SoughtSecret]
    /// `nil` if a secret is too short.
    private let stride: Int?
    /// A bit for the hash of each four bytes in a row.
    private let bits: [UInt64]

    init(_ secrets: [SoughtSecret]) {
        self.secrets = secrets
        let shortest = secrets.map(\.run).min() ?? 0
        stride = shortest >= Self.gramLength ? shortest - Self.gramLength + 1 : nil
        var bits = [UInt64](repeating: 0, count: 1 << (Self.hashBits - 6))
        for secret in secrets {
            secret.bytes.withUnsafeBytes { bytes in
                for start in 0..<max(0, bytes.count - Self.gramLength + 1) {
                    let hash = Self.hash(of: bytes, at: start)
                    bits[hash >> 6] |= 1 << UInt64(hash & 63)
                }
            }
        }
        self.bits = bits
    }

    /// Whether a text may repeat a secret.
    func mayMatch(_ text: [UInt8]) -> Bool {
        guard let stride else { return true }
        // A text made to pass the filter everywhere is searched as a whole.
        var checks = 8 + text.count / 256
        return bits.withUnsafeBufferPointer { bits in
            text.withUnsafeBytes { bytes in
                var start = 0
                while start + Self.gramLength <= bytes.count {
                    let hash = Self.hash(of: bytes, at: start)
                    if bits[hash >> 6] >> UInt64(hash & 63) & 1 == 1 {
                        checks -= 1
                        if checks < 0 || isRepeated(around: start, in: text) { return true }
                    }
                    start += stride
                }
                return false
            }
        }
    }

    /// Whether a part of a secret seems to be where four bytes passed the filter. The byte before and after it decides whether it is a word.
    private func isRepeated(around start: Int, in text: [UInt8]) -> Bool {
        let reach = SoughtSecret.maximumRunLength + 1
        let place = Array(text[max(0, start - reach)..<min(text.count, start + reach)])
        return secrets.contains { !$0.places(in: place).isEmpty }
    }

    @inline(__always)
    private static func hash(of text: UnsafeRawBufferPointer, at start: Int) -> Int {
        Int((text.loadUnaligned(fromByteOffset: start, as: UInt32.self) &* 0x9E37_79B1) >> UInt32(32 - hashBits))
    }
}

import Foundation

extension [UInt8] {
    /// Puts `<redacted>` in the place of each occurrence of a secret. One of fewer than eight bytes is none, and would be found in
    /// many a word.
    mutating func withhold(_ secret: [UInt8]) {
        guard secret.count >= 8 else { return }
        var start = 0
        while let found = firstIndex(of: secret, from: start) {
            replaceSubrange(found..<found + secret.count, with: "<redacted>".utf8)
            start = found + "<redacted>".utf8.count
        }
    }

    /// By the C library: the standard one takes 100 times as long, which every answer would have to wait for.
    private func firstIndex(of part: [UInt8], from start: Int) -> Int? {
        withUnsafeBytes { bytes in
            guard let base = bytes.baseAddress, let first = part.first else { return nil }
            var index = start
            while index + part.count <= bytes.count,
                let candidate = memchr(base + index, CInt(first), bytes.count - part.count + 1 - index)
            {
                index = UnsafeRawPointer(candidate) - base
                if memcmp(candidate, part, part.count) == 0 { return index }
                index += 1
            }
            return nil
        }
    }
}

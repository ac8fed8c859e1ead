/// The escapes in a JSON string.
enum JSONEscapes {
    /// The decoded content of a string; bytes that are not UTF-8 stay as they are. `nil` if it has an escape that JSON does not define.
    static func read(_ content: Slice<UnsafeBufferPointer<UInt8>>) -> [UInt8]? {
        var read: [UInt8] = []
        read.reserveCapacity(content.count)
        var index = content.startIndex
        while index < content.endIndex {
            let byte = content[index]
            guard byte == UInt8(ascii: "\\") else {
                read.append(byte)
                index += 1
                continue
            }
            guard index + 1 < content.endIndex else { return nil }
            switch content[index + 1] {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): read.append(content[index + 1])
            case UInt8(ascii: "b"): read.append(0x08)
            case UInt8(ascii: "f"): read.append(0x0C)
            case UInt8(ascii: "n"): read.append(0x0A)
            case UInt8(ascii: "r"): read.append(0x0D)
            case UInt8(ascii: "t"): read.append(0x09)
            case UInt8(ascii: "u"):
                guard let unit = unit(content, at: index) else { return nil }
                var scalar = Unicode.Scalar(unit) ?? "\u{FFFD}"
                index += 6
                if UTF16.isLeadSurrogate(unit), let low = self.unit(content, at: index), UTF16.isTrailSurrogate(low) {
                    scalar = Unicode.Scalar(0x10000 + (UInt32(unit) - 0xD800) << 10 + (UInt32(low) - 0xDC00)) ?? scalar
                    index += 6
                }
                read += UTF8.encode(scalar).map(Array.init) ?? []
                continue
            default: return nil
            }
            index += 2
        }
        return read
    }

    /// The number of the `\uXXXX` at `index`; `nil` if there is none.
    private static func unit(_ content: Slice<UnsafeBufferPointer<UInt8>>, at index: Int) -> UInt16? {
        guard index + 6 <= content.endIndex, content[index] == UInt8(ascii: "\\"),
            content[index + 1] == UInt8(ascii: "u")
        else { return nil }
        var unit: UInt16 = 0
        for byte in content[index + 2..<index + 6] {
            let digit: UInt8
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = byte - UInt8(ascii: "0")
            case UInt8(ascii: "a")...UInt8(ascii: "f"): digit = byte - UInt8(ascii: "a") + 10
            case UInt8(ascii: "A")...UInt8(ascii: "F"): digit = byte - UInt8(ascii: "A") + 10
            default: return nil
            }
            unit = unit << 4 | UInt16(digit)
        }
        return unit
    }
}

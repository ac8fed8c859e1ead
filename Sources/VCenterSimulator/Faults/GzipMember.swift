/// Bytes wrapped as gzip without compressing them, for clients that have to cope with an encoding they did not ask for.
///
/// Source: RFC 1952 (member), RFC 1951 §3.2.4 (stored blocks).
enum GzipMember {
    static func wrapping(_ content: [UInt8]) -> [UInt8] {
        var member: [UInt8] = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 0xFF]
        var rest = content[...]
        repeat {
            let block = rest.prefix(0xFFFF)
            rest = rest.dropFirst(block.count)
            member.append(rest.isEmpty ? 1 : 0)
            let length = UInt16(block.count)
            for half in [length, ~length] { member += [UInt8(half & 0xFF), UInt8(half >> 8)] }
            member += block
        } while !rest.isEmpty
        for word in [crc32(content), UInt32(truncatingIfNeeded: content.count)] {
            member += (0..<4).map { UInt8(truncatingIfNeeded: word >> ($0 * 8)) }
        }
        return member
    }

    private static func crc32(_ content: [UInt8]) -> UInt32 {
        var remainder: UInt32 = .max
        for byte in content {
            remainder ^= UInt32(byte)
            for _ in 0..<8 { remainder = (remainder >> 1) ^ (remainder & 1 == 1 ? 0xEDB8_8320 : 0) }
        }
        return ~remainder
    }
}

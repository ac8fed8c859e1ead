import NIOCore

/// A block of IP addresses in CIDR notation, such as `10.0.0.0/8`.
struct IPBlock {
    private let prefix: [UInt8]
    private let bits: Int

    /// `nil` if the text is not a block.
    init?(_ text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, let bytes = Self.bytes(of: String(parts[0])), let bits = Int(parts[1]),
            (0...bytes.count * 8).contains(bits)
        else { return nil }
        prefix = bytes
        self.bits = bits
    }

    func contains(_ host: String) -> Bool {
        guard let bytes = Self.bytes(of: host), bytes.count == prefix.count else { return false }
        return (0..<bits).allSatisfy { bit in
            let mask: UInt8 = 0x80 >> UInt8(bit % 8)
            return bytes[bit / 8] & mask == prefix[bit / 8] & mask
        }
    }

    /// The 4 or 16 bytes of an address, or the 4 bytes of an IPv4 address in IPv6 notation; `nil` for a host name.
    static func bytes(of host: String) -> [UInt8]? {
        switch try? SocketAddress(ipAddress: host, port: 0) {
        case .v4(let address): return withUnsafeBytes(of: address.address.sin_addr) { Array($0) }
        case .v6(let address):
            let bytes = withUnsafeBytes(of: address.address.sin6_addr) { Array($0) }
            let isMapped = bytes.starts(with: [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF])
            return isMapped ? Array(bytes.dropFirst(12)) : bytes
        default: return nil
        }
    }
}

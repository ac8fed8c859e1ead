/// A block of IP addresses in CIDR notation, such as `10.0.0.0/8`.
struct IPBlock {
    private let prefix: [UInt8]
    private let bits: Int

    /// `nil` if the text is not a block.
    init?(_ text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, let bytes = String(parts[0]).ipAddressBytes, let bits = Int(parts[1]),
            (0...bytes.count * 8).contains(bits)
        else { return nil }
        prefix = bytes
        self.bits = bits
    }

    func contains(_ host: String) -> Bool {
        guard let bytes = host.ipAddressBytes, bytes.count == prefix.count else { return false }
        return (0..<bits).allSatisfy { bit in
            let mask: UInt8 = 0x80 >> UInt8(bit % 8)
            return bytes[bit / 8] & mask == prefix[bit / 8] & mask
        }
    }
}

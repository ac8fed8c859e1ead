import Glibc

extension String {
    /// The 4 or 16 bytes of an IP address, or the 4 bytes of an IPv4 address in IPv6 notation; `nil` for a host name.
    package var ipAddressBytes: [UInt8]? {
        var (v4, v6) = (in_addr(), in6_addr())
        if inet_pton(AF_INET, self, &v4) == 1 { return withUnsafeBytes(of: v4) { Array($0) } }
        guard inet_pton(AF_INET6, self, &v6) == 1 else { return nil }
        let bytes = withUnsafeBytes(of: v6) { Array($0) }
        let isMapped = bytes.starts(with: [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF])
        return isMapped ? Array(bytes.dropFirst(12)) : bytes
    }
}

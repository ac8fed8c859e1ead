import Foundation

/// TCP ports on 127.0.0.1 for servers that others wrote.
enum LoopbackPort {
    /// A port that was free a moment ago, for programs that cannot choose one themselves.
    static func free() throws -> Int {
        try withSocket { descriptor, address in
            var length = socklen_t(MemoryLayout<sockaddr_in>.size)
            guard bind(descriptor, address, length) == 0, getsockname(descriptor, address, &length) == 0 else {
                throw POSIXError(.init(rawValue: errno) ?? .EIO)
            }
            return address.withMemoryRebound(to: sockaddr_in.self, capacity: 1) {
                Int(UInt16(bigEndian: $0.pointee.sin_port))
            }
        }
    }

    /// Whether a server listens on it.
    static func accepts(_ port: Int) -> Bool {
        let isConnected = try? withSocket(port: port) { descriptor, address in
            connect(descriptor, address, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
        }
        return isConnected == true
    }

    private static func withSocket<Result>(
        port: Int = 0, _ body: (CInt, UnsafeMutablePointer<sockaddr>) throws -> Result
    ) throws -> Result {
        let descriptor = socket(AF_INET, CInt(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { throw POSIXError(.init(rawValue: errno) ?? .EIO) }
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        return try withUnsafeMutablePointer(to: &address) {
            try $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { try body(descriptor, $0) }
        }
    }
}

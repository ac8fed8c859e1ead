import Foundation
import Subprocess

/// A real HTTP proxy on loopback: Debian's `tinyproxy`. `nss_wrapper` gives it a host name of its own, so that nothing of the machine is changed.
struct TinyProxy: Sendable {
    let port: Int
    private let logPath: String

    /// What it wrote of its connections.
    var log: String { (try? String(contentsOfFile: logPath, encoding: .utf8)) ?? "" }

    private static let resolver = "/usr/lib/\(machine)-linux-gnu/libnss_wrapper.so"

    private static var machine: String {
        #if arch(arm64)
            "aarch64"
        #else
            "x86_64"
        #endif
    }

    /// - Parameters:
    ///   - settings: Further lines of its configuration.
    ///   - host: A name that leads to 127.0.0.1, and that nobody else knows.
    static func run(
        _ settings: String, resolving host: String, in directory: TemporaryDirectory,
        _ body: (TinyProxy) async throws -> Void
    ) async throws {
        let proxy = TinyProxy(port: try freePort(), logPath: directory.path("tinyproxy.log"))
        let configuration = directory.path("tinyproxy.conf")
        try """
        Port \(proxy.port)
        Listen 127.0.0.1
        Allow 127.0.0.1
        MaxClients 100
        Timeout 60
        LogFile "\(proxy.logPath)"
        LogLevel Connect
        \(settings)

        """.write(toFile: configuration, atomically: true, encoding: .utf8)
        let hosts = directory.path("hosts")
        try "127.0.0.1 \(host)\n".write(toFile: hosts, atomically: true, encoding: .utf8)
        _ = try await Subprocess.run(
            .path("/usr/bin/tinyproxy"), arguments: ["-d", "-c", configuration],
            environment: .custom(["LD_PRELOAD": resolver, "NSS_WRAPPER_HOSTS": hosts]), input: .none,
            output: .discarded, error: .discarded
        ) { execution in
            do {
                // One that does not like its configuration ends by itself.
                var attempts = 1000
                while !accepts(proxy.port) {
                    guard attempts > 0 else { throw NotStarted(log: proxy.log) }
                    attempts -= 1
                    try await Task.sleep(for: .milliseconds(10))
                }
                try await body(proxy)
            } catch {
                try? execution.send(signal: .kill)
                throw error
            }
            // It would wait for connections that the other side keeps open.
            try execution.send(signal: .kill)
        }
    }

    struct NotStarted: Error { let log: String }

    /// A port that nobody had a moment ago: tinyproxy takes none that it chose itself.
    private static func freePort() throws -> Int {
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

    private static func accepts(_ port: Int) -> Bool {
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

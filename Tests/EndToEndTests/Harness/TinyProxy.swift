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
        let proxy = TinyProxy(port: try LoopbackPort.free(), logPath: directory.path("tinyproxy.log"))
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
                while !LoopbackPort.accepts(proxy.port) {
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
}

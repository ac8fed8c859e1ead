import Foundation
import Subprocess
import TestSupport

/// A real HTTP proxy on loopback: Debian's `tinyproxy`. `nss_wrapper` gives it a host name of its own without a change to the
/// machine.
struct TinyProxy: Sendable {
    let port: Int
    private let logPath: String

    /// What it has logged about its connections.
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
    ///   - settings: More lines for its configuration.
    ///   - host: A name for 127.0.0.1 that only the proxy can resolve.
    static func run(
        _ settings: String, resolving host: String, in directory: TemporaryDirectory,
        _ body: (TinyProxy) async throws -> Void
    ) async throws {
        let proxy = TinyProxy(port: try LoopbackPort.free(), logPath: directory.path("tinyproxy.log"))
        let configuration = try directory.write(
            "tinyproxy.conf",
            """
            Port \(proxy.port)
            Listen 127.0.0.1
            Allow 127.0.0.1
            MaxClients 100
            Timeout 60
            LogFile "\(proxy.logPath)"
            LogLevel Connect
            \(settings)

            """)
        let hosts = try directory.write("hosts", "127.0.0.1 \(host)\n")
        _ = try await Subprocess.run(
            .path("/usr/bin/tinyproxy"), arguments: ["-d", "-c", configuration],
            environment: .custom(["LD_PRELOAD": resolver, "NSS_WRAPPER_HOSTS": hosts]), input: .none,
            output: .discarded, error: .discarded
        ) { execution in
            do {
                // It exits if its configuration is wrong.
                do { try await waitUntil("tinyproxy listens") { LoopbackPort.accepts(proxy.port) } } catch {
                    throw NotStarted(log: proxy.log)
                }
                try await body(proxy)
            } catch {
                try? execution.send(signal: .kill)
                throw error
            }
            // On SIGTERM it would wait for open connections.
            try execution.send(signal: .kill)
        }
    }

    struct NotStarted: Error { let log: String }
}

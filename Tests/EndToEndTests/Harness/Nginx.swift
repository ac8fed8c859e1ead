import Foundation
import Subprocess
import TestSupport
import VCenterSimulator

/// A real nginx on loopback as a reverse proxy for a simulated vCenter, with the vCenter's own certificate.
struct Nginx: Sendable {
    /// The port that it listens on.
    let port: Int
    private let master: ProcessIdentifier

    var url: String { "https://localhost:\(port)" }

    /// - Parameters:
    ///   - http: Directives of its `http` block.
    ///   - location: Directives of the location that passes requests on.
    static func run(
        before vCenter: SimulatedVCenter, http: String = "", location: String = "", in directory: TemporaryDirectory,
        _ body: (Nginx) async throws -> Void
    ) async throws {
        let port = try LoopbackPort.free()
        let scratch = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
            .map { "\($0)_temp_path nginx-\($0);" }.joined(separator: " ")
        try directory.write("nginx-certificate", vCenter.certificatePEM)
        try directory.write("nginx-key", vCenter.privateKeyPEM)
        // Relative names are relative to the directory of the configuration or to that of `-p`.
        try directory.write(
            "nginx-configuration",
            """
            \(getuid() == 0 ? "user root;" : "")
            daemon off; worker_processes 2; pid nginx-pid; error_log nginx-log;
            events { worker_connections 256; }
            http {
                access_log off; \(scratch)
                \(http)
                upstream vcenter { server 127.0.0.1:\(vCenter.port); keepalive 32; }
                server {
                    listen 127.0.0.1:\(port) ssl;
                    ssl_certificate nginx-certificate;
                    ssl_certificate_key nginx-key;
                    location / {
                        proxy_pass https://vcenter; proxy_http_version 1.1; proxy_set_header Connection "";
                        \(location)
                    }
                }
            }

            """)
        _ = try await Subprocess.run(
            .path(.init(try PeerTool.nginx)),
            arguments: ["-p", directory.path + "/", "-c", "nginx-configuration", "-e", "nginx-log"], input: .none,
            output: .discarded, error: .discarded
        ) { execution in
            do {
                // It exits if its configuration is wrong.
                do { try await waitUntil("nginx listens") { LoopbackPort.accepts(port) } } catch {
                    throw NotStarted(log: (try? directory.read("nginx-log")) ?? "")
                }
                try await body(Nginx(port: port, master: execution.processIdentifier))
            } catch {
                try? execution.send(signal: .terminate)
                throw error
            }
            try execution.send(signal: .terminate)
        }
    }

    struct NotStarted: Error { let log: String }

    /// Kills all workers with SIGKILL; the master starts new ones.
    func killWorkers() throws {
        let children = try String(contentsOfFile: "/proc/\(master)/task/\(master)/children", encoding: .utf8)
        for worker in children.split(separator: " ").compactMap({ pid_t($0) }) { kill(worker, SIGKILL) }
    }

    /// Reloads the configuration as `nginx -s reload` does: new workers start, and the old ones end after their last answer.
    func reload() { kill(pid_t(master.value), SIGHUP) }
}

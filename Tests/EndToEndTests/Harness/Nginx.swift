import Foundation
import Subprocess
import VCenterSimulator

/// A real nginx on loopback that stands before a simulated vCenter, under the vCenter's own certificate.
struct Nginx: Sendable {
    /// Where it listens.
    let port: Int
    private let master: ProcessIdentifier

    var url: String { "https://localhost:\(port)" }

    /// - Parameters:
    ///   - http: Directives of its `http` block.
    ///   - location: Directives beside the one that passes requests on.
    static func run(
        before vCenter: SimulatedVCenter, http: String = "", location: String = "", in directory: TemporaryDirectory,
        _ body: (Nginx) async throws -> Void
    ) async throws {
        let port = try LoopbackPort.free()
        func write(_ text: String, _ name: String) throws {
            try text.write(toFile: directory.path("nginx-\(name)"), atomically: true, encoding: .utf8)
        }
        let log = directory.path("nginx-log")
        let scratch = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
            .map { "\($0)_temp_path nginx-\($0);" }.joined(separator: " ")
        try write(vCenter.certificatePEM, "certificate")
        try write(vCenter.privateKeyPEM, "key")
        // Names are looked for in the directory of its configuration, or in that of `-p`.
        try write(
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

            """, "configuration")
        _ = try await Subprocess.run(
            .path(.init(try PeerTool.nginx)),
            arguments: ["-p", directory.path(""), "-c", "nginx-configuration", "-e", "nginx-log"], input: .none,
            output: .discarded, error: .discarded
        ) { execution in
            do {
                // One that does not like its configuration ends by itself.
                var attempts = 1000
                while !LoopbackPort.accepts(port) {
                    guard attempts > 0 else {
                        throw NotStarted(log: (try? String(contentsOfFile: log, encoding: .utf8)) ?? "")
                    }
                    attempts -= 1
                    try await Task.sleep(for: .milliseconds(10))
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

    /// Kills all workers outright; the master starts others.
    func killWorkers() throws {
        let children = try String(contentsOfFile: "/proc/\(master)/task/\(master)/children", encoding: .utf8)
        for worker in children.split(separator: " ").compactMap({ pid_t($0) }) { kill(worker, SIGKILL) }
    }

    /// Has it read its configuration again, as `nginx -s reload` does: new workers, and the old ones end once they have answered.
    func reload() { kill(pid_t(master.value), SIGHUP) }
}

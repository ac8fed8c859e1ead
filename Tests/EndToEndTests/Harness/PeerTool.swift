import Foundation
import TestSupport
import Testing

/// A program that others wrote, used to check ours.
enum PeerTool {
    /// Prometheus' checker for its text format.
    static var promtool: String { get throws { try path("PROMTOOL", "promtool") } }
    /// Prometheus itself.
    static var prometheus: String { get throws { try path("PROMETHEUS", "prometheus") } }
    /// Prometheus' exporter for files in that format.
    static var nodeExporter: String { get throws { try path("NODE_EXPORTER", "prometheus-node-exporter") } }

    /// Prometheus' Alertmanager.
    static var alertmanager: String { get throws { try path("ALERTMANAGER", "prometheus-alertmanager") } }

    /// A web server, used as a reverse proxy.
    static var nginx: String { get throws { try path("NGINX", "nginx") } }

    /// The directory of PostgreSQL's programs.
    static var postgresql: String {
        get throws {
            let folders = ["/usr/lib/postgresql", Repository.path(".build/tools/postgresql/usr/lib/postgresql")]
            let installed = folders.flatMap { folder in
                let versions = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
                return versions.sorted().reversed().map { "\(folder)/\($0)/bin" }
            }
            return try #require(
                ([ProcessInfo.processInfo.environment["POSTGRESQL"]].compactMap(\.self) + installed).first {
                    FileManager.default.isExecutableFile(atPath: $0 + "/postgres")
                },
                "there is no PostgreSQL: run the tests by scripts/test, which fetches it")
        }
    }

    /// The path in the environment, else the installed program, else the one that the set-up downloaded; fails if there is none.
    private static func path(_ variable: String, _ command: String) throws -> String {
        let places =
            [ProcessInfo.processInfo.environment[variable], "/usr/bin/\(command)", "/usr/sbin/\(command)"].compactMap(
                \.self)
            + [Repository.path(".build/tools/\(command)")]
        return try #require(
            places.first { FileManager.default.isExecutableFile(atPath: $0) },
            "there is no \(command): run the tests by scripts/test, which fetches it")
    }
}

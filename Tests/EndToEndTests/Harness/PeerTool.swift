import Foundation
import Testing

/// A program of others that ours is held to, where `scripts/test` has it.
enum PeerTool {
    /// Prometheus' checker of its text format.
    static var promtool: String { get throws { try path("PROMTOOL", "promtool") } }
    /// Prometheus' exporter of files in that format.
    static var nodeExporter: String { get throws { try path("NODE_EXPORTER", "prometheus-node-exporter") } }

    /// A web server that stands before others.
    static var nginx: String { get throws { try path("NGINX", "nginx") } }

    /// As the environment names it, else as it is installed, or as the set-up fetched it; a test without its peer fails.
    private static func path(_ variable: String, _ command: String) throws -> String {
        let root = URL(fileURLWithPath: #filePath)
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let places =
            [ProcessInfo.processInfo.environment[variable], "/usr/bin/\(command)", "/usr/sbin/\(command)"].compactMap(
                \.self)
            + [root.appendingPathComponent(".build/tools/\(command)").path]
        return try #require(
            places.first { FileManager.default.isExecutableFile(atPath: $0) },
            "there is no \(command): run the tests by scripts/test, which fetches it")
    }
}

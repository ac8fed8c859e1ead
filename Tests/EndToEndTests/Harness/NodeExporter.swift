import TestSupport
import Testing

/// A real node_exporter with nothing but the textfile collector.
enum NodeExporter {
    /// - Parameters:
    ///   - folder: The folder of the textfile collector.
    ///   - body: What to do while it runs, with its address.
    static func run(
        over folder: String, in directory: TemporaryDirectory,
        _ body: @escaping @Sendable (_ address: String) async throws -> Void
    ) async throws {
        _ = try await BuiltExecutable(path: PeerTool.nodeExporter).run(
            "--collector.disable-defaults", "--collector.textfile", "--collector.textfile.directory=\(folder)",
            "--web.listen-address=127.0.0.1:0", in: directory, timeLimit: .seconds(300)
        ) { exporter in
            try await exporter.wait(for: "TLS is disabled", in: \.standardError)
            let log = exporter.standardError.text
            try await body(String(#require(log.firstMatch(of: /address="?(127\.0\.0\.1:[0-9]+)/)).1))
            try exporter.send(.terminate)
        }
    }
}

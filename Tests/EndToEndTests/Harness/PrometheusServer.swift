import Foundation
import TestSupport
import Testing

/// A real Prometheus that scrapes a real node_exporter, whose textfile collector reads a folder.
struct PrometheusServer: Sendable {
    private let port: Int
    private let directory: TemporaryDirectory

    /// - Parameters:
    ///   - folder: The folder of the textfile collector.
    ///   - rules: A file of alerts, evaluated every second.
    static func run(
        over folder: String, rules: String, in directory: TemporaryDirectory,
        _ body: @escaping @Sendable (PrometheusServer) async throws -> Void
    ) async throws {
        try await NodeExporter.run(over: folder, in: directory) { address in
            try directory.write(
                "prometheus.yml",
                """
                global: {scrape_interval: 1s, evaluation_interval: 1s}
                rule_files: ['\(rules)']
                scrape_configs: [{job_name: node, static_configs: [{targets: ['\(address)']}]}]

                """)
            let server = PrometheusServer(port: try LoopbackPort.free(), directory: directory)
            _ = try await BuiltExecutable(path: PeerTool.prometheus).run(
                "--config.file=\(directory.path("prometheus.yml"))", "--storage.tsdb.path=\(directory.path("tsdb"))",
                "--web.listen-address=127.0.0.1:\(server.port)", in: directory, timeLimit: .seconds(300)
            ) { prometheus in
                try await prometheus.wait(for: "Server is ready", in: \.standardError)
                try await body(server)
                try prometheus.send(.terminate)
            }
        }
    }

    /// The values of an instant query; throws if Prometheus refuses it.
    func values(_ expression: String) async throws -> [Double] {
        let answer = try await get("query", "query=\(expression)")
        let data = try #require(answer["data"] as? [String: Any])
        return try #require(data["result"] as? [[String: Any]]).map {
            try #require(($0["value"] as? [Any])?.last as? String).asDouble
        }
    }

    /// The names of the alerts that are pending or firing.
    func alerts() async throws -> Set<String> {
        let data = try #require(try await get("alerts")["data"] as? [String: Any])
        let alerts = try #require(data["alerts"] as? [[String: Any]])
        return Set(alerts.compactMap { ($0["labels"] as? [String: String])?["alertname"] })
    }

    private func get(_ what: String, _ parameters: String...) async throws -> [String: Any] {
        let answer = try await BuiltExecutable(path: "/usr/bin/curl").run(
            ["--silent", "--show-error", "--get", "http://127.0.0.1:\(port)/api/v1/\(what)"]
                + parameters.flatMap { ["--data-urlencode", $0] }, in: directory)
        let object = try JSONSerialization.jsonObject(with: Data(answer.standardOutput.utf8)) as? [String: Any]
        guard let object, object["status"] as? String == "success" else { throw Refused(answer: answer.standardOutput) }
        return object
    }

    struct Refused: Error { let answer: String }
}

extension String {
    /// A number as Prometheus writes it.
    fileprivate var asDouble: Double { Double(replacing("Inf", with: "inf")) ?? .nan }
}

import Foundation

#if canImport(FoundationNetworking)
    import FoundationNetworking
#endif
import Subprocess
import TestSupport
import Testing

/// A real Prometheus Alertmanager on loopback.
struct Alertmanager: Sendable {
    let port: Int

    var url: String { "http://127.0.0.1:\(port)" }

    static func run(in directory: TemporaryDirectory, _ body: (Alertmanager) async throws -> Void) async throws {
        let manager = Alertmanager(port: try LoopbackPort.free())
        let configuration = try directory.write(
            "alertmanager.yml", "route: {receiver: none}\nreceivers: [{name: none}]\n")
        let program = try PeerTool.alertmanager
        _ = try await Subprocess.run(
            .path(.init(program)),
            arguments: [
                "--config.file=\(configuration)", "--storage.path=\(directory.path("alertmanager-data"))",
                "--web.listen-address=127.0.0.1:\(manager.port)", "--cluster.listen-address=",
            ],
            // An extracted one finds its templates here; see scripts/setup.sh.
            workingDirectory: .init(URL(fileURLWithPath: program).deletingLastPathComponent().path), input: .none,
            output: .discarded, error: .discarded
        ) { execution in
            do {
                try await waitUntil("Alertmanager listens") { LoopbackPort.accepts(manager.port) }
                try await body(manager)
            } catch {
                try? execution.send(signal: .kill)
                throw error
            }
            try execution.send(signal: .kill)
        }
    }

    /// The alerts that fire now: their labels with the end.
    func firing() async throws -> [[String: String]] {
        let (data, _) = try await URLSession.shared.data(
            from: try #require(URL(string: url + "/api/v2/alerts?active=true")))
        let alerts = try #require(try JSONSerialization.jsonObject(with: data) as? [[String: Any]])
        return alerts.map { alert in
            var labels = alert["labels"] as? [String: String] ?? [:]
            labels["endsAt"] = alert["endsAt"] as? String
            labels["summary"] = (alert["annotations"] as? [String: String])?["summary"]
            return labels
        }
    }
}

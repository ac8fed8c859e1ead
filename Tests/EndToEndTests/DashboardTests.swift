import Foundation
import GuestCustomization
import TestSupport
import Testing
import VCenterSimulator

/// The alerts and the dashboard of `packaging`, against Prometheus itself.
@Suite struct DashboardTests {
    static let rules = Repository.path("packaging/prometheus/alerts.yml")

    @Test func `promtool accepts the alerts, and each fires when it should and only then`() async throws {
        let promtool = BuiltExecutable(path: try PeerTool.promtool)
        let check = try await promtool.run("check", "rules", Self.rules, in: nil)
        #expect(check.termination == .exited(0), "\(check.standardError)")
        let tests = Repository.path("packaging/prometheus/alerts.test.yml")
        let tried = try await promtool.run("test", "rules", tests, in: nil, timeLimit: .seconds(120))
        #expect(tried.termination == .exited(0), "\(tried.standardOutput)\(tried.standardError)")
        let text = try String(contentsOfFile: tests, encoding: .utf8)
        let alerts = try String(contentsOfFile: Self.rules, encoding: .utf8).matches(of: /alert: (\w+)/).map(\.1)
        #expect(alerts.count == 5 && alerts.allSatisfy { text.contains("alertname: \($0)\n        exp_alerts:") })
    }

    @Test func `every panel of the dashboard shows data, and the alerts fire, in a real Prometheus`() async throws {
        let dashboard = try Dashboard()
        #expect(dashboard.expressions.count > 15)
        #expect(dashboard.expressions.allSatisfy { $0.contains("{vcenter=~\"$vcenter\"") })
        try await PolledVCenter.with(vms: 4) { polled in
            let folder = try polled.directory.makeDirectory("textfile")
            @Sendable func measure() async throws {
                try await polled.collect()
                let run = try await polled.history("metrics", "--output", folder + "/history.prom")
                #expect(run.termination == .exited(0), "\(run.standardError)")
            }
            @Sendable func ago(_ seconds: Double) -> String { Timestamp.now().advanced(bySeconds: -seconds).rfc3339 }
            try polled.set(0, .failed, start: ago(1200), end: ago(1100))
            try polled.set(1, .succeeded, start: ago(1200), end: ago(1100))
            try polled.set(2, .running, start: ago(9000))
            try await measure()
            try await PrometheusServer.run(over: folder, rules: Self.rules, in: polled.directory) { server in
                try await waitUntil("the first metrics are there") {
                    try await server.values("customization_history_virtual_machines_failing") == [1]
                }
                // What is counted from here on has an increase.
                let finished = "sum(customization_history_finished_customizations_total)"
                let before = try await server.values(finished)
                try polled.set(0, .failed, start: ago(600), end: ago(500))
                try polled.set(1, .succeeded, start: ago(600), end: ago(500))
                try await measure()
                try await waitUntil("the second ones are there") {
                    try await server.values(finished) == before.map { $0 + 2 }
                }
                for expression in dashboard.expressions {
                    let values = try await server.values(expression.replacing("$vcenter", with: ".*"))
                    #expect(!values.isEmpty && values.allSatisfy(\.isFinite), "\(expression): \(values)")
                }
                try await waitUntil("the alerts are pending") {
                    try await server.alerts() == [
                        "CustomizationVirtualMachinesFailing", "CustomizationVirtualMachinesStuck",
                    ]
                }
            }
        }
    }

    /// The dashboard as Grafana reads it.
    struct Dashboard {
        /// The expressions of all panels.
        let expressions: [String]

        init() throws {
            let bytes = try Data(
                contentsOf: URL(fileURLWithPath: Repository.path("packaging/grafana/customizations.json")))
            let root = try #require(JSONSerialization.jsonObject(with: bytes) as? [String: Any])
            let panels = try #require(root["panels"] as? [[String: Any]])
            // Grafana would ask for a data source of this name, if one were named.
            let sources = String(decoding: bytes, as: UTF8.self).matches(of: /"uid": "([^"]+)"/).map(\.1)
            #expect(Set(sources) == ["${datasource}", "customization-history"])
            let ids = panels.compactMap { $0["id"] as? Int }
            #expect(Set(ids).count == panels.count)
            expressions = panels.flatMap { $0["targets"] as? [[String: Any]] ?? [] }.compactMap {
                $0["expr"] as? String
            }
            #expect(expressions.count >= panels.count)
        }
    }
}

import Foundation
import GuestCustomization
import Testing
import VCenterSimulator

extension PolledVCenter {
    /// Writes the configuration file `vcenters.yaml` with these vCenters and their password files; returns the environment to use it
    /// in.
    func configure(_ entries: [(name: String, vCenter: SimulatedVCenter, password: String)]) throws -> [String: String]
    {
        var text = "vcenters:\n"
        for (name, vCenter, password) in entries {
            try directory.write("\(name).password", password)
            try directory.write("\(name).pem", vCenter.authorityPEM)
            text += """
                  - {name: \(name), url: "\(vCenter.url)", username: \(vCenter.user), password_file: \(name).password,
                     ca_certificates: \(name).pem}

                """
        }
        try directory.write("vcenters.yaml", text)
        return ["GOVC_URL": "", "XDG_CONFIG_HOME": "/nonexistent"]
    }

    /// Runs `body` with `count` more vCenters.
    static func withOthers(
        _ count: Int, vms: Int = 3, _ body: ([SimulatedVCenter]) async throws -> Void
    ) async throws {
        try await withOthers(count, options(vms: vms), [], body)
    }

    private static func withOthers(
        _ count: Int, _ options: SimulatedVCenter.Options, _ running: [SimulatedVCenter],
        _ body: ([SimulatedVCenter]) async throws -> Void
    ) async throws {
        guard count > 0 else { return try await body(running) }
        try await SimulatedVCenter.withRunning(options) { vCenter in
            try await withOthers(count - 1, options, running + [vCenter], body)
            #expect(vCenter.liveSessions == 0)
        }
    }
}

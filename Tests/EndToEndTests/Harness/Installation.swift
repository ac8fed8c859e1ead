import Foundation
import TestSupport

/// The files that `scripts/install` installs with the executable built together with these tests.
struct Installation: Sendable {
    /// `PREFIX`, without a space, which neither units nor cron lines support.
    let prefix: String

    var units: String { prefix + "/lib/systemd/system" }
    var examples: String { prefix + "/share/doc/customization-history/examples" }

    /// Installs into a new directory, which is removed afterwards.
    static func with<Result>(_ body: (Installation) async throws -> Result) async throws -> Result {
        try await TemporaryDirectory.with(hasSpace: false) { directory in
            let prefix = directory.path("prefix")
            let ended = try await install(["PREFIX": prefix], from: directory)
            guard ended.termination == .exited(0) else { throw Failed(standardError: ended.standardError) }
            return try await body(Installation(prefix: prefix))
        }
    }

    /// Runs `scripts/install` with these variables.
    static func install(_ variables: [String: String], from directory: TemporaryDirectory) async throws -> EndedRun {
        let environment = ["PATH": "/usr/bin:/bin", "EXECUTABLE": BuiltExecutable.history.path]
        return try await BuiltExecutable(path: "/bin/sh").run(
            Repository.path("scripts/install"),
            environment: environment.merging(variables) { $1 }, in: directory)
    }

    func read(_ path: String) throws -> String { try String(contentsOfFile: path, encoding: .utf8) }

    /// Creates a configuration directory for a simulated vCenter as an administrator would: from the installed sample, reduced to its
    /// first vCenter.
    func configure(_ polled: PolledVCenter) throws -> String {
        let sample = try read(examples + "/config.yaml")
        let first = sample.prefix(upTo: sample.range(of: "  - name:")?.lowerBound ?? sample.endIndex)
        let text = String(first).replacing("vc1.example.com", with: polled.vCenter.url)
            .replacing("history@vsphere.local", with: polled.vCenter.user)
        let folder = try polled.directory.makeDirectory("etc")
        for (name, text, mode) in [
            ("config.yaml", text, 0o644), ("vcenter.password", polled.vCenter.password + "\n", 0o600),
            ("vmca.pem", polled.vCenter.authorityPEM, 0o644),
        ] as [(String, String, mode_t)] {
            try polled.directory.write("etc/\(name)", text, mode: mode)
        }
        return folder
    }

    struct Failed: Error {
        let standardError: String
    }
}

import Foundation

/// What `scripts/install` made of the executable that was built with these tests.
struct Installation: Sendable {
    static let repository = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    /// `PREFIX`; its path holds no space, which neither units nor lines for cron would bear.
    let prefix: String

    var units: String { prefix + "/lib/systemd/system" }
    var examples: String { prefix + "/share/doc/customization-history/examples" }

    /// Installs into a new directory, which is gone in the end.
    static func with<Result>(_ body: (Installation) async throws -> Result) async throws -> Result {
        let prefix =
            FileManager.default.temporaryDirectory.resolvingSymlinksInPath().path
            + "/history-installed-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: prefix) }
        let ended = try await TemporaryDirectory.with { try await install(["PREFIX": prefix], from: $0) }
        guard ended.termination == .exited(0) else { throw Failed(standardError: ended.standardError) }
        return try await body(Installation(prefix: prefix))
    }

    /// Runs `scripts/install` with these variables.
    static func install(_ variables: [String: String], from directory: TemporaryDirectory) async throws -> EndedRun {
        let environment = ["PATH": "/usr/bin:/bin", "EXECUTABLE": BuiltExecutable.history.path]
        return try await BuiltExecutable(path: "/bin/sh").run(
            repository.appendingPathComponent("scripts/install").path,
            environment: environment.merging(variables) { $1 }, in: directory)
    }

    func read(_ path: String) throws -> String { try String(contentsOfFile: path, encoding: .utf8) }

    /// Makes a configuration folder for a simulated vCenter as an administrator would: from the installed sample, of which the
    /// first vCenter is kept.
    func configure(_ polled: PolledVCenter) throws -> String {
        let sample = try read(examples + "/config.yaml")
        let first = sample.prefix(upTo: sample.range(of: "  - name:")?.lowerBound ?? sample.endIndex)
        let text = String(first).replacing("vc1.example.com", with: polled.vCenter.url)
            .replacing("history@vsphere.local", with: polled.vCenter.user)
        let folder = polled.directory.path("etc")
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
        for (name, text, mode) in [
            ("config.yaml", text, 0o644), ("vcenter.password", polled.vCenter.password + "\n", 0o600),
            ("vmca.pem", polled.vCenter.authorityPEM, 0o644),
        ] as [(String, String, mode_t)] {
            try Data(text.utf8).write(to: URL(fileURLWithPath: "\(folder)/\(name)"))
            chmod("\(folder)/\(name)", mode)
        }
        return folder
    }

    struct Failed: Error {
        let standardError: String
    }
}

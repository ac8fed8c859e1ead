import Foundation
import Subprocess
import TestSupport
import Testing

@Suite struct InstallTests {
    @Test func `files are installed below DESTDIR, name PREFIX and leave etc alone`() async throws {
        try await TemporaryDirectory.with { directory in
            let ended = try await Installation.install(
                ["DESTDIR": directory.path, "PREFIX": "/opt/history"], from: directory)
            #expect(ended.termination == .exited(0), "\(ended.standardError)")
            let files = try FileManager.default.subpathsOfDirectory(atPath: directory.path)
            #expect(files.allSatisfy { "opt/history/".hasPrefix($0) || $0.hasPrefix("opt/history/") })
            let names = Set(files.map { ($0 as NSString).lastPathComponent })
            #expect(
                names.isSuperset(of: [
                    "history", "customization-history", "README.md", "LICENSE", "config.yaml", "every.conf",
                    "customization-history.cron", "customization-history.service", "customization-history.timer",
                    "customization-history-notify.service", "customization-history-notify.timer",
                ]))
            let installed = Installation(prefix: directory.path("opt/history"))
            for text in [
                try installed.read(installed.units + "/customization-history.service"),
                try installed.read(installed.units + "/customization-history-notify.service"),
                try installed.read(installed.examples + "/customization-history.cron"),
                try installed.read(installed.examples + "/every.conf"),
            ] {
                #expect(text.contains(" /opt/history/bin/") || text.contains("=/opt/history/bin/"))
                #expect(!text.contains("/usr/local") && !text.contains(directory.path))
            }
        }
    }

    @Test func `the installed executable does not contain its build path`() async throws {
        try await Installation.with { installed in
            let path = installed.prefix + "/bin/history"
            let root = Data(Repository.path("").utf8)
            let built = try Data(contentsOf: URL(fileURLWithPath: BuiltExecutable.history.path))
            let bytes = try Data(contentsOf: URL(fileURLWithPath: path))
            #expect(built.range(of: root) != nil && bytes.range(of: root) == nil)
            #expect(bytes.count == built.count)
            let run = try await TemporaryDirectory.with {
                try await BuiltExecutable(path: path).run("--version", in: $0)
            }
            #expect(run.termination == .exited(0))
        }
    }

    @Test(arguments: ["relative/path", "/opt/with space", "/opt/a|b"])
    func `a PREFIX that a unit cannot name is refused`(prefix: String) async throws {
        try await TemporaryDirectory.with { directory in
            let ended = try await Installation.install(
                ["DESTDIR": directory.path, "PREFIX": prefix], from: directory)
            #expect(ended.termination == .exited(1))
            #expect(ended.standardError.contains("PREFIX=\(prefix): give"))
            #expect(try directory.contents.isEmpty)
        }
    }

    @Test func `the installed cron line polls silently when run as cron runs it`() async throws {
        try await Installation.with { installed in
            let table = try CronTable(installed.read(installed.examples + "/customization-history.cron"))
            let job = try #require(table.jobs.first)
            #expect(table.jobs.count == 1)
            #expect(job.times == ["*/10", "*", "*", "*", "*"] && job.user == "root")
            try await PolledVCenter.with(vms: 4) { polled in
                let folder = try installed.configure(polled)
                let environment = [
                    "SHELL": "/bin/sh", "PATH": "/usr/bin:/bin", "HOME": polled.directory.path, "LOGNAME": job.user,
                    "CUSTOMIZATION_HISTORY_DATABASE": polled.database,
                ].merging(table.environment) { $1 }
                let command = job.command.replacing("/etc/customization-history/", with: "'\(folder)'/")
                let ended = try await BuiltExecutable(path: "/bin/sh").run(
                    "-c", command, environment: environment, in: nil)
                #expect(ended.termination == .exited(0))
                #expect(ended.standardOutput.isEmpty && ended.standardError.isEmpty, "\(ended.standardError)")
                #expect(try polled.sql("SELECT outcome, polls FROM collection_run_history") == ["complete|4"])
                #expect(polled.vCenter.liveSessions == 0)
            }
        }
    }

    @Test(arguments: [[], ["every.conf"]])
    func `the installed service finds configuration, password and state where systemd puts them`(
        dropIns: [String]
    ) async throws {
        try await Installation.with { installed in
            let unit =
                try installed.read(installed.units + "/customization-history.service")
                + dropIns.map { try installed.read(installed.examples + "/" + $0) }.joined()
            let stays = !dropIns.isEmpty
            func values(_ key: String) -> [String] {
                unit.split(separator: "\n").filter { $0.hasPrefix(key + "=") }.map {
                    String($0.dropFirst(key.count + 1))
                }
            }
            try await PolledVCenter.with(vms: 4) { polled in
                let etc = try installed.configure(polled)
                let (credentials, state) = (polled.directory.path("credentials"), polled.directory.path("state"))
                for folder in [credentials] + values("StateDirectory").map({ state + "/" + $0 }) {
                    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
                }
                for credential in values("LoadCredential") {
                    let parts = credential.split(separator: ":").map(String.init)
                    let source = String(parts[1].replacing("/etc/customization-history", with: etc))
                    try FileManager.default.copyItem(atPath: source, toPath: "\(credentials)/\(parts[0])")
                    chmod("\(credentials)/\(parts[0])", 0o400)
                }
                // systemd uses no shell and does not split the value of a variable.
                let words = try #require(values("ExecStart").last).split(separator: " ").map {
                    String($0).replacing("${CREDENTIALS_DIRECTORY}", with: credentials)
                }
                var environment = ["PATH": "/usr/bin:/bin", "CREDENTIALS_DIRECTORY": credentials]
                for setting in values("Environment") {
                    let parts = setting.replacing("%S", with: state).split(separator: "=", maxSplits: 1)
                    environment[String(parts[0])] = String(parts[1])
                }
                let ended = try await BuiltExecutable(path: words[0]).run(
                    Array(words.dropFirst()), environment: environment, in: nil
                ) { running in
                    guard stays else { return }
                    try await polled.vCenter.waitUntil { $0.logouts == 1 }
                    try running.send(.terminate)
                }
                #expect(ended.termination == .exited(0))
                #expect(ended.standardOutput.isEmpty && ended.standardError.isEmpty, "\(ended.standardError)")
                let history = state + "/customization-history/history.db"
                #expect(FileManager.default.fileExists(atPath: history))
                let report = try await polled.history("report", "--database", history)
                #expect(report.standardOutput.contains("1 complete"))
            }
        }
    }

    @Test(arguments: [
        ("vmca.pem", "vmca.pem"), ("vcenter.password", "vcenter.password"), ("config.yaml", "config.yaml"),
        ("vmca.pem", nil),
    ])
    func `the installed service starts with a missing file and names it`(
        missing: String, named: String?
    ) async throws {
        try await Installation.with { installed in
            let unit = try installed.read(installed.units + "/customization-history.service")
            func values(_ key: String) -> [String] {
                unit.split(separator: "\n").filter { $0.hasPrefix(key + "=") }.map {
                    String($0.dropFirst(key.count + 1))
                }
            }
            try await PolledVCenter.with(vms: 2) { polled in
                let etc = try installed.configure(polled)
                try FileManager.default.removeItem(atPath: etc + "/" + missing)
                if named == nil {
                    // A certificate that the configuration does not name may be missing.
                    let config = try installed.read(etc + "/config.yaml")
                    try polled.directory.write(
                        "etc/config.yaml",
                        config.replacing("ca_certificates: vmca.pem", with: "ca_certificates: ../ca.pem"),
                        mode: 0o644)
                }
                let credentials = try polled.directory.makeDirectory("credentials")
                // By systemd.exec(5), SetCredential= applies if the file of LoadCredential= is missing.
                let defaults = Dictionary(
                    uniqueKeysWithValues: values("SetCredential").map {
                        ($0.prefix { $0 != ":" }, $0.drop { $0 != ":" }.dropFirst().replacing("\\n", with: "\n"))
                    })
                for credential in values("LoadCredential") {
                    let parts = credential.split(separator: ":")
                    let source = String(parts[1].replacing("/etc/customization-history", with: etc))
                    let bytes =
                        try FileManager.default.contents(atPath: source) ?? Data(#require(defaults[parts[0]]).utf8)
                    try polled.directory.write("credentials/\(parts[0])", bytes: Array(bytes), mode: 0o400)
                }
                let ended = try await polled.history(
                    "collect", "--config", credentials + "/config.yaml",
                    environment: ["CREDENTIALS_DIRECTORY": credentials, "GOVC_URL": ""])
                guard let named else {
                    #expect(ended.termination == .exited(0) && ended.standardError.isEmpty, "\(ended.standardError)")
                    return
                }
                expectOneLine(
                    ended, 78, "LoadCredential=\(named): names", "/etc/customization-history/\(named)")
                #expect(polled.vCenter.activity.allRequests == 0)
            }
        }
    }

    static let systemdAnalyze = "/usr/bin/systemd-analyze"

    @Test(.enabled(if: FileManager.default.isExecutableFile(atPath: systemdAnalyze), "systemd-analyze is not here"))
    func `systemd accepts the installed units without a warning and rates them as well confined`() async throws {
        try await Installation.with { installed in
            let service = installed.units + "/customization-history.service"
            let notify = installed.units + "/customization-history-notify.service"
            let dropIns = service + ".d"
            func analyze(_ arguments: String...) async throws -> EndedRun {
                try await BuiltExecutable(path: Self.systemdAnalyze).run(
                    arguments, environment: ["PATH": "/usr/bin:/bin"], in: nil)
            }
            func verify() async throws -> EndedRun {
                try await analyze(
                    "verify", service, notify, installed.units + "/customization-history.timer",
                    installed.units + "/customization-history-notify.timer")
            }
            let verified = try await verify()
            #expect(verified.termination == .exited(0))
            #expect(verified.standardError.isEmpty, "\(verified.standardError)")
            // The threshold is ten times the exposure level, which goes from 0 (confined) to 10; the rest is mostly the network.
            let closed = try await analyze("security", "--offline=true", "--threshold=15", service, notify)
            #expect(closed.termination == .exited(0), "\(closed.standardOutput)")

            try FileManager.default.createDirectory(atPath: dropIns, withIntermediateDirectories: false)
            try FileManager.default.copyItem(
                atPath: installed.examples + "/every.conf", toPath: dropIns + "/every.conf")
            let staying = try await verify()
            #expect(staying.termination == .exited(0))
            #expect(staying.standardError.isEmpty, "\(staying.standardError)")
        }
    }
}

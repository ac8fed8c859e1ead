import Foundation
import GRDB
import GuestCustomization
import TestSupport
import Testing
import VCenterSimulator

/// Each error is reported with the right exit code in one line that says what to do, and nothing is lost.
@Suite struct BadInputTests {
    @Test func `a missing directory for the database is refused`() async throws {
        try await PolledVCenter.with { polled in
            let run = try await polled.history("collect", "--database", polled.directory.path("none/history.db"))
            expectOneLine(run, 73, "none/history.db")
            #expect(polled.vCenter.activity.allRequests == 0)
        }
    }

    @Test func `a directory in place of the database is refused`() async throws {
        try await PolledVCenter.with { polled in
            expectOneLine(
                try await polled.history("collect", "--database", polled.directory.path), 74, polled.directory.path)
        }
    }

    @Test func `a file and a directory without write permission are refused`() async throws {
        try await PolledVCenter.with { polled in
            try await polled.collect()
            try polled.directory.setMode("history.db", 0o444)
            try polled.directory.setMode("", 0o555)
            defer { try? polled.directory.setMode("", 0o755) }
            // Root may write everything, so the program runs as nobody.
            let nobody = ["--reuid=65534", "--regid=65534", "--clear-groups", "--", BuiltExecutable.history.path]
            let (program, prefix) =
                geteuid() == 0 ? (BuiltExecutable(path: "/usr/bin/setpriv"), nobody) : (.history, [])
            // Nobody may not write line coverage either, which would print a message.
            let environment = polled.environment.merging(["LLVM_PROFILE_FILE": "/dev/null"]) { $1 }
            let run = try await program.run(
                prefix + ["collect"], environment: environment, in: polled.directory)
            expectOneLine(run, 74, polled.database)
            let elsewhere = try await program.run(
                prefix + ["collect", "--database", polled.directory.path("new.db")], environment: environment,
                in: polled.directory)
            expectOneLine(elsewhere, 73, "new.db")
            #expect(try polled.sql("SELECT count(*) FROM collection_run") == ["1"])
        }
    }

    @Test(arguments: ["collect", "report"])
    func `a file that is not a database is left unchanged`(command: String) async throws {
        try await PolledVCenter.with { polled in
            let text = Data(String(repeating: "not a database at all\n", count: 100).utf8)
            try text.write(to: URL(fileURLWithPath: polled.database))
            expectOneLine(try await polled.history(command), 65, polled.database)
            #expect(try Data(contentsOf: URL(fileURLWithPath: polled.database)) == text)
            #expect(
                try polled.directory.contents == [
                    "ca.pem", "history.db",
                ])
        }
    }

    @Test(arguments: ["collect", "report"])
    func `a database of another program is left unchanged`(command: String) async throws {
        try await PolledVCenter.with { polled in
            try polled.change("CREATE TABLE theirs (x)")
            let before = try Data(contentsOf: URL(fileURLWithPath: polled.database))
            expectOneLine(try await polled.history(command), 65, polled.database)
            #expect(try Data(contentsOf: URL(fileURLWithPath: polled.database)) == before)
        }
    }

    @Test(arguments: ["collect", "report"])
    func `a database of a newer release is left unchanged`(command: String) async throws {
        try await PolledVCenter.with { polled in
            try await polled.collect()
            try polled.change("PRAGMA user_version = 4711")
            expectOneLine(try await polled.history(command), 65, "newer")
            #expect(try polled.sql("SELECT count(*) FROM collection_run") == ["1"])
        }
    }

    @Test(arguments: ["--timeout", "--connect-timeout", "--run-timeout", "--follow-timeout"])
    func `a time limit of zero is refused`(option: String) async throws {
        try await PolledVCenter.with { polled in
            let run = try await polled.history("collect", option, "0s")
            #expect(run.termination == .exited(64))
            #expect(run.standardError.contains("\(option): give more than 0"))
            #expect(polled.vCenter.activity.allRequests == 0)
        }
    }

    @Test func `a report on a missing history does not create one`() async throws {
        try await PolledVCenter.with { polled in
            let run = try await polled.history("report")
            expectOneLine(run, 74, polled.database, "collect")
            #expect(!FileManager.default.fileExists(atPath: polled.database))
        }
    }

    @Test(arguments: ["http://vc.example.org", "https://", "ftp://x", "https://host:99999", "https://ho st"])
    func `an invalid URL is refused`(url: String) async throws {
        try await PolledVCenter.with { polled in
            let run = try await polled.history("collect", "--server", url)
            expectOneLine(run, 64, "--server")
            #expect(!FileManager.default.fileExists(atPath: polled.database))
        }
    }

    @Test(arguments: ["report", "collect", "runs"])
    func `a history with altered views is refused`(command: String) async throws {
        try await PolledVCenter.with { polled in
            try await polled.collect()
            try polled.change("DROP VIEW latest_error; CREATE TABLE theirs (x)")
            expectOneLine(try await polled.history(command), 65, "view latest_error")
        }
    }

    @Test func `collect without a vCenter is refused`() async throws {
        try await PolledVCenter.with { polled in
            expectOneLine(
                try await polled.history("collect", environment: ["GOVC_URL": ""]), 64, "GOVC_URL", "--server")
        }
    }

    @Test func `refused credentials are tried once, recorded as a failed run and never shown`() async throws {
        try await PolledVCenter.with { polled in
            let run = try await polled.history("collect", environment: ["GOVC_PASSWORD": "wröng:pässword"])
            expectOneLine(run, 77, "localhost")
            #expect(!run.standardError.contains("wröng"))
            #expect(polled.vCenter.activity.refusedLogins == 1)
            #expect(try polled.sql("SELECT outcome, polls FROM collection_run_history") == ["failed|0"])
        }
    }

    @Test func `an unknown certificate is refused before any request and shown with its thumbprint`() async throws {
        try await PolledVCenter.with { polled in
            let run = try await polled.history("collect", environment: ["GOVC_TLS_CA_CERTS": ""])
            #expect(run.termination == .exited(69))
            #expect(run.standardError.contains(polled.vCenter.sha256Thumbprint))
            #expect(polled.vCenter.activity.allRequests == 0)
        }
    }

    @Test func `collect warns about an unverified certificate`() async throws {
        try await PolledVCenter.with { polled in
            let run = try await polled.history(
                "collect", environment: ["GOVC_TLS_CA_CERTS": "", "GOVC_INSECURE": "true"])
            expectOneLine(run, 0, "not verified")
        }
    }

    @Test func `a vCenter that nobody listens at is reported`() async throws {
        try await PolledVCenter.with { polled in
            expectOneLine(try await polled.history("collect", "--server", "127.0.0.1:1"), 69, "127.0.0.1:1", "refused")
            #expect(try polled.sql("SELECT outcome FROM collection_run_history") == ["failed"])
        }
    }

    @Test func `a vCenter without VMs is reported and makes no good run`() async throws {
        try await PolledVCenter.with(vms: 0) { polled in
            expectOneLine(try await polled.history("collect"), 3, "0 VMs", "Read-only")
            #expect(try polled.sql("SELECT outcome, vms FROM collection_run_history") == ["partial|0"])
            let report = try await polled.history("report")
            #expect(report.termination == .exited(0))
            #expect(!report.standardOutput.contains("0 %") && !report.standardOutput.contains("0.0 %"))
        }
    }

    @Test func `a report on an empty history says that it is empty`() async throws {
        try await PolledVCenter.with { polled in
            for vm in 0..<3 { try polled.set(vm, .notAvailable) }
            try await polled.collect()
            let report = try await polled.history("report", "--format", "json")
            #expect(report.termination == .exited(0))
            #expect(report.standardOutput.contains("\"failure_rate\": null"))
            #expect(report.standardOutput.contains("\"customizations\": 0"))
        }
    }

    @Test(arguments: [
        ["--since", "today", "--until", "yesterday"], ["--since", "7 days"], ["--since", "2026-02-30"],
    ])
    func `an invalid window is refused`(arguments: [String]) async throws {
        try await PolledVCenter.with { polled in
            try await polled.collect()
            let run = try await BuiltExecutable.history.run(
                ["report"] + arguments, environment: polled.environment, in: polled.directory)
            expectOneLine(run, 64, "--since")
        }
    }

    @Test func `an endpoint that an older vCenter lacks is not mistaken for missing VMs`() async throws {
        try await PolledVCenter.with(vms: 20, adjusting: { $0.apiVersion = "8.0.3" }) { polled in
            let run = try await polled.history("collect", "--endpoint", "customization-live")
            expectOneLine(run, 78, "--endpoint auto")
            // Sixteen concurrent polls, and one more request to find why all of them failed.
            #expect(
                polled.vCenter.activity.requests[.other, default: 0]
                    + polled.vCenter.activity.requests[.customizationLive, default: 0] <= 17)
            #expect(try polled.sql("SELECT count(*) FROM poll_history") == ["0"])
            try await polled.collect("--endpoint", "customization")
        }
    }
}

import Foundation
import GuestCustomization
import TestSupport
import Testing
import VCenterSimulator

@Suite struct NotifyTests {
    private func fail(_ polled: PolledVCenter, _ indices: Range<Int>, day: Int) throws {
        for index in indices {
            try polled.set(
                index, .failed, start: "2026-11-0\(day)T08:00:00Z", end: "2026-11-0\(day)T08:01:00Z",
                error: .text("/usr/bin/perl: not found"))
        }
    }

    private func recover(_ polled: PolledVCenter, _ index: Int, day: Int) throws {
        try polled.set(
            index, .succeeded, start: "2026-11-0\(day)T08:00:00Z", end: "2026-11-0\(day)T08:01:00Z")
    }

    private func text(_ polled: PolledVCenter, _ arguments: String..., at location: SourceLocation = #_sourceLocation)
        async throws -> String
    {
        let run = try await polled.history(["notify"] + arguments)
        #expect(run.termination == .exited(0), "\(run.standardError)", sourceLocation: location)
        #expect(run.standardError == "", sourceLocation: location)
        return run.standardOutput
    }

    @Test func `it prints what is new, once, and is silent otherwise`() async throws {
        try await PolledVCenter.with(vms: 45) { polled in
            for index in 0..<44 { try recover(polled, index, day: 1) }
            try fail(polled, 44..<45, day: 1)
            try await polled.collect()
            #expect(try await text(polled) == "")
            try fail(polled, 0..<40, day: 2)
            try await polled.collect()
            let shown = try await text(polled, "--dry-run")
            let told = try await text(polled)
            #expect(told.hasPrefix("40 customizations failed\n"))
            #expect(told.contains("probable cause perl-missing"))
            #expect(told.contains("and 30 more"))
            #expect(told.contains("on \(polled.name)"))
            #expect(told.contains("history failing --error perl-missing"))
            #expect(shown.split(separator: "\n").dropFirst(2) == told.split(separator: "\n").dropFirst(2))
            #expect(try await text(polled) == "")
            try recover(polled, 0, day: 3)
            try recover(polled, 44, day: 3)
            try await polled.collect()
            #expect(try await text(polled).hasPrefix("2 VMs recovered\n"))
            #expect(try await text(polled) == "")
            // Another channel starts where it is first used, or earlier if asked.
            #expect(try await text(polled, "--channel", "new") == "")
            let late = try await text(polled, "--channel", "late", "--since", "2026-11-02", "--format", "json")
            let document = try JSONSerialization.jsonObject(with: Data(late.utf8)) as? [String: Any]
            #expect(document?["format"] as? String == "customization-history/notify/1")
            #expect((document?["groups"] as? [[String: Any]])?.first?["count"] as? Int == 40)
            #expect(try await text(polled, "--resend", "1m") == "")
            try polled.change("UPDATE notification_problem SET told_ms = told_ms - 60000")
            #expect(try await text(polled, "--resend", "1m").hasPrefix("39 VMs still fail\n"))
            #expect(try await polled.history("verify").termination == .exited(0))
        }
    }

    @Test func `a failed collect is followed by the news that a vCenter is no longer polled`() async throws {
        try await PolledVCenter.with(vms: 1) { polled in
            try await polled.collect()
            #expect(try await text(polled) == "")
            _ = try await polled.history("collect", environment: ["GOVC_PASSWORD": "wrong"])
            let told = try await text(polled, "--silent-after", "1ms")
            #expect(told.hasPrefix("1 vCenter is no longer polled\n"))
            #expect(told.contains("\(polled.name), no good poll since"))
            #expect(try await text(polled, "--silent-after", "1ms") == "")
            try await polled.collect()
            let again = try await text(polled)
            #expect(again.hasPrefix("1 vCenter is polled again\n"))
            #expect(again.contains("\(polled.name), no good poll after 20"))
        }
    }

    @Test func `a vCenter that was never polled is not said to have been`() async throws {
        try await PolledVCenter.with(vms: 1) { polled in
            _ = try await polled.history("collect", environment: ["GOVC_PASSWORD": "wrong"])
            #expect(try await text(polled) == "")
            let told = try await text(polled, "--silent-after", "1ms")
            #expect(told.contains("\(polled.name), no good poll yet; first run 20"), "\(told)")
        }
    }

    @Test func `a webhook that is down loses nothing, and gets nothing twice`() async throws {
        try await PolledVCenter.with(vms: 3) { polled in
            try await WebhookServer.run { server in
                let url = "http://127.0.0.1:\(server.port)/services/s3cret"
                let file = try polled.directory.write("webhook", url, mode: 0o600)
                func notify(_ expected: Int32) async throws {
                    let run = try await polled.history(
                        "notify", "--webhook-file", file, "--format", "slack", "--verbose")
                    #expect(run.termination == .exited(expected), "\(run.standardError)")
                    #expect(!run.standardError.contains("s3cret"))
                    #expect(run.standardOutput == "")
                }
                try await polled.collect()
                try await notify(0)
                #expect(server.requestCount == 0)
                try fail(polled, 0..<2, day: 1)
                try await polled.collect()
                for (head, code) in [
                    ("500 Internal Server Error", 69), ("429 Too Many Requests\r\nRetry-After: 1000", 69),
                    ("302 Found\r\nLocation: http://127.0.0.1:1/", 78), ("404 Not Found", 78), ("403 Forbidden", 77),
                ] as [(String, Int32)] {
                    server.behave(.answers(head))
                    try await notify(code)
                }
                server.behave(.answers("200 OK"))
                try await notify(0)
                #expect(server.accepted.count == 1)
                #expect(server.accepted.first?.contains("2 customizations failed") == true)
                try await notify(0)
                #expect(server.accepted.count == 1)
                #expect(try polled.sql("SELECT count(*) FROM notification_event") == ["2"])
            }
        }
    }

    @Test func `while one process waits for a webhook, a second one on the channel is refused`() async throws {
        try await PolledVCenter.with(vms: 1) { polled in
            try await WebhookServer.run { server in
                let file = try polled.directory.write("webhook", "http://localhost:\(server.port)/x", mode: 0o600)
                try await polled.collect()
                _ = try await text(polled)
                try fail(polled, 0..<1, day: 1)
                try await polled.collect()
                server.behave(.hangs)
                _ = try await polled.history("notify", "--webhook-file", file) { running in
                    try await waitUntil("the webhook is asked") { server.requestCount == 1 }
                    let second = try await polled.history("notify")
                    #expect(second.termination == .exited(75))
                    #expect(second.standardOutput == "")
                    try running.send(.terminate)
                }
                #expect(try await text(polled).hasPrefix("1 customization failed\n"))
            }
        }
    }

    @Test func `a webhook over TLS is trusted by --ca-file, and only then`() async throws {
        try await PolledVCenter.with(vms: 1) { polled in
            try await Nginx.run(before: polled.vCenter, location: "return 204;", in: polled.directory) { nginx in
                let file = try polled.directory.write("webhook", nginx.url + "/hook", mode: 0o600)
                try await polled.collect()
                _ = try await text(polled, "--channel", "tls")
                try fail(polled, 0..<1, day: 1)
                try await polled.collect()
                let untrusted = try await polled.history("notify", "--channel", "tls", "--webhook-file", file)
                #expect(untrusted.termination == .exited(69), "\(untrusted.standardError)")
                let trusted = try await polled.history(
                    "notify", "--channel", "tls", "--webhook-file", file, "--format", "teams", "--ca-file",
                    polled.directory.path("ca.pem"))
                #expect(trusted.termination == .exited(0), "\(trusted.standardError)")
                #expect(try await text(polled, "--channel", "tls") == "")
            }
        }
    }

    @Test func `wrong use is refused before anything is told`() async throws {
        try await PolledVCenter.with(vms: 1) { polled in
            let readable = try polled.directory.write("readable", "https://localhost/s3cret", mode: 0o644)
            try await polled.collect()
            for (arguments, code) in [
                (["--format", "slack"], 64), (["--webhook-file", readable, "--format", "text"], 64),
                (["--webhook-file", readable], 78), (["--webhook-file", "/nowhere"], 78), (["--channel", ""], 64),
                (["--ca-file", "x"], 64), (["--resend", "1s"], 64), (["--since", "nonsense"], 64),
                (["--database", "/nowhere/x.db"], 74),
            ] as [([String], Int32)] {
                let run = try await polled.history(["notify"] + arguments)
                #expect(run.termination == .exited(code), "\(arguments): \(run.standardError)")
                #expect(!run.standardError.contains("s3cret"))
            }
            #expect(try polled.sql("SELECT count(*) FROM notification_channel") == ["0"])
            let schema = try await polled.history("notify", "--schema")
            #expect(schema.standardOutput.contains("customization-history/notify/1"))
        }
    }
}

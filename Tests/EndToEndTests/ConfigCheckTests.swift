import Foundation
import GuestCustomization
import Testing
import VCenterSimulator

@Suite struct ConfigCheckTests {
    @Test func `the check reports what the account can see and leaves no session and no history`() async throws {
        try await PolledVCenter.with(vms: 7) { polled in
            let run = try await polled.history("config", "check", "--log-in")
            #expect(run.termination == .exited(0) && run.standardError.isEmpty)
            #expect(
                run.standardOutput.contains(
                    "log-in       vCenter 9.0.0.0; 7 VMs to poll; has customization-live and customization"))
            #expect(polled.vCenter.activity.requests[.customizationLive, default: 0] <= 1)
            #expect(!FileManager.default.fileExists(atPath: polled.database))
        }
    }

    @Test func `the check reports an older vCenter and one that hides its version`() async throws {
        try await PolledVCenter.with(
            vms: 1,
            adjusting: {
                $0.apiVersion = "8.0.3"
                $0.refusesVersion = true
            }
        ) { polled in
            let run = try await polled.history("config", "check", "--log-in")
            #expect(run.termination == .exited(0))
            #expect(run.standardOutput.contains("a vCenter of unknown version; 1 VM to poll; has customization\n"))
        }
    }

    @Test func `the check tries every vCenter and returns the highest exit code`() async throws {
        try await PolledVCenter.with(vms: 2) { polled in
            try await PolledVCenter.withOthers(2, vms: 3) { others in
                let environment = try polled.configure([
                    ("refuses", polled.vCenter, "wrong"), ("works", others[0], others[0].password),
                    ("stranger", others[1], others[1].password),
                ])
                // Signed by an authority that is not trusted.
                try polled.directory.write("stranger.pem", others[0].authorityPEM)
                let run = try await polled.history(
                    "config", "check", "--log-in", "--config", "vcenters.yaml", environment: environment)
                #expect(run.termination == .exited(77))
                let sections = run.standardOutput.components(separatedBy: "\n\n")
                #expect(sections.map { String($0.prefix { $0 != "\n" }) } == ["refuses", "works", "stranger"])
                #expect(sections[0].contains("log-in       failed") && sections[2].contains("log-in       failed"))
                #expect(sections[1].contains("3 VMs to poll"))
                #expect(run.standardError.split(separator: "\n").count == 2)
                #expect(run.standardError.contains("refused the login"))
                #expect(run.standardError.contains(others[1].sha256Thumbprint))
                for password in others.map(\.password) {
                    #expect(!run.standardOutput.contains(password) && !run.standardError.contains(password))
                }
            }
        }
    }

    @Test func `without --log-in, an unreadable secret does not hide the other vCenters`() async throws {
        try await PolledVCenter.with { polled in
            try await PolledVCenter.withOthers(1) { others in
                let environment = try polled.configure([("first", polled.vCenter, "x"), ("second", others[0], "y")])
                try FileManager.default.removeItem(atPath: polled.directory.path("first.password"))
                let run = try await polled.history(
                    "config", "check", "--config", "vcenters.yaml", environment: environment)
                #expect(run.termination == .exited(78))
                #expect(run.standardOutput.contains("first\n") && run.standardOutput.contains("second\n"))
                #expect(run.standardError.contains("first.password"))
                #expect(polled.vCenter.activity.allRequests == 0)
            }
        }
    }
}

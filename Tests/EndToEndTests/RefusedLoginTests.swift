import Foundation
import GuestCustomization
import Testing
import VCenterSimulator

/// A wrong password is not repeated until it locks the account.
@Suite struct RefusedLoginTests {
    @Test
    func `three cron runs try a refused login once and report it each time, and a changed password is tried at once`()
        async throws
    {
        try await PolledVCenter.with { polled in
            try polled.directory.write("password", "wrong")
            let environment = ["GOVC_PASSWORD": "./password"]
            let first = try await polled.history("collect", environment: environment)
            expectOneLine(first, 77, "refused the login", "not sent to any vCenter for an hour")
            for _ in 0..<2 {
                let next = try await polled.history("collect", environment: environment)
                expectOneLine(next, 77, "localhost", polled.vCenter.user, "refused this login", "tried again in")
            }
            #expect(polled.vCenter.activity.refusedLogins == 1)
            #expect(
                try polled.sql("SELECT outcome, failure LIKE 'not logged in%' FROM collection_run") == [
                    "failed|0", "failed|1", "failed|1",
                ])
            try polled.directory.write("password", polled.vCenter.password)
            let works = try await polled.history("collect", environment: environment)
            expectOneLine(works, 0, "back to normal after")
            #expect(try await polled.history("collect", environment: environment).standardError.isEmpty)
        }
    }

    @Test func `a refused login leaves nothing in the history and only a digest beside it`() async throws {
        try await PolledVCenter.with { polled in
            _ = try await polled.history("collect", environment: ["GOVC_PASSWORD": "correct horse"])
            let beside = polled.database + "-logins"
            #expect(try FileManager.default.attributesOfItem(atPath: beside)[.posixPermissions] as? Int == 0o600)
            let text = try String(contentsOfFile: beside, encoding: .utf8)
            let digest = try #require(text.firstMatch(of: /"digest":"([^"]+)"/)?.1)
            #expect(!text.contains("horse") && !text.contains("administrator"))
            for file in [polled.database, polled.database + "-wal"] {
                let bytes = String(decoding: try Data(contentsOf: URL(fileURLWithPath: file)), as: UTF8.self)
                #expect(!bytes.contains("horse") && !bytes.contains(digest))
            }
        }
    }

    @Test func `a login refused by one vCenter is not tried at others with the same account`() async throws {
        try await PolledVCenter.with { polled in
            try await PolledVCenter.withOthers(2) { others in
                let vCenters = ([polled.vCenter] + others).enumerated().map { ("vc\($0)", $1) }
                let wrong = try polled.configure(vCenters.map { (name: $0.0, vCenter: $0.1, password: "wrong") })
                func refusals() -> Int { vCenters.reduce(0) { $0 + $1.1.activity.refusedLogins } }
                let run = try await polled.history("collect", "--config", "vcenters.yaml", environment: wrong)
                expectOneLine(run, 77, "refused the login")
                let next = try await polled.history("collect", "--config", "vcenters.yaml", environment: wrong)
                expectOneLine(next, 77, "refused this login")
                #expect(refusals() == 1)
                #expect(try polled.sql("SELECT count(*) FROM collection_run WHERE outcome = 'failed'") == ["6"])

                let right = try polled.configure(vCenters.map { (name: $0.0, vCenter: $0.1, password: $0.1.password) })
                let works = try await polled.history("collect", "--config", "vcenters.yaml", environment: right)
                #expect(works.termination == .exited(0))
                #expect(refusals() == 1)
            }
        }
    }

    @Test(arguments: [
        SimulatedFault.answer(403, body: "<html><h1>Access denied</h1></html>"), .answer(401), .answer(401, body: "no"),
        .answer(403, body: #"{"error":"blocked by policy"}"#), .answer(503, body: "down for maintenance"),
        .answer(SimulatedResponse.serviceUnavailable()),
    ])
    func `only a refusal by vCenter itself blocks the login, and any other failure is an outage`(fault: SimulatedFault)
        async throws
    {
        try await PolledVCenter.with { polled in
            polled.vCenter.inject(fault) { $0.kind == .session && $0.method == "POST" }
            let run = try await polled.history("collect")
            expectOneLine(run, 69, "did not accept the login")
            polled.vCenter.removeFaults()
            try await polled.collect()
        }
    }

    @Test func `a 403 by vCenter itself is a refusal too`() async throws {
        try await PolledVCenter.with { polled in
            polled.vCenter.inject(.answer(SimulatedResponse.unauthorized(vm: "vm-1"))) { $0.kind == .session }
            expectOneLine(try await polled.history("collect"), 77, "refused the login")
        }
    }

    @Test func `--every does not repeat a refused login and takes up a changed password`() async throws {
        try await PolledVCenter.with(vms: 2) { polled in
            try polled.directory.write("password", "wrong")
            let run = try await polled.history(
                "collect", "--every", "1s", environment: ["GOVC_PASSWORD": polled.directory.path("password")]
            ) { running in
                try await running.wait(for: "refused this login", in: \.standardError)
                #expect(polled.vCenter.activity.refusedLogins == 1)
                try polled.directory.write("password", polled.vCenter.password)
                try await polled.vCenter.waitUntil { $0.logouts >= 1 }
                try running.send(.terminate)
            }
            #expect(run.termination == .exited(0))
            #expect(polled.vCenter.activity.refusedLogins == 1)
        }
    }

    @Test func `a refusal that cannot be remembered is reported`() async throws {
        try await PolledVCenter.with { polled in
            try FileManager.default.createDirectory(
                atPath: polled.database + "-logins", withIntermediateDirectories: false)
            let run = try await polled.history("collect", environment: ["GOVC_PASSWORD": "wrong"])
            expectOneLine(run, 77, "history.db-logins", "will send this login again")
        }
    }

    @Test func `a successful config check lets cron log in again at once`() async throws {
        try await PolledVCenter.with { polled in
            polled.vCenter.inject(.answer(SimulatedResponse.loginRefused)) {
                $0.kind == .session && $0.method == "POST"
            }
            expectOneLine(try await polled.history("collect"), 77, "refused the login")
            polled.vCenter.removeFaults()
            expectOneLine(try await polled.history("collect"), 77, "refused this login")
            #expect(try await polled.history("config", "check", "--log-in").termination == .exited(0))
            try await polled.collect()
        }
    }
}

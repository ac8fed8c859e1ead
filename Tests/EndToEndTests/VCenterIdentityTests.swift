import Foundation
import GuestCustomization
import TestSupport
import Testing
import VCenterSimulator

@Suite struct VCenterIdentityTests {
    private static let one = "11111111-1111-4111-8111-111111111111"
    private static let two = "22222222-2222-4222-8222-222222222222"

    /// Writes a configuration file with these vCenters.
    private func configure(_ entries: [(name: String, vCenter: PolledVCenter)], in polled: PolledVCenter) throws {
        try polled.directory.write("password", polled.vCenter.password)
        let text = entries.map { entry in
            "  - {name: \(entry.name), url: \"\(entry.vCenter.vCenter.url)\", username: \(entry.vCenter.vCenter.user), "
                + "password_file: password, ca_certificates: \(entry.vCenter.authority)}\n"
        }
        try polled.directory.write("config.yaml", "vcenters:\n" + text.joined())
    }

    private func collectConfigured(_ polled: PolledVCenter) async throws -> EndedRun {
        try await polled.history("collect", "--config", "config.yaml", environment: ["GOVC_URL": ""])
    }

    private func hide(_ vCenter: SimulatedVCenter) {
        vCenter.inject(.answer(404)) { $0.kind == .serviceContent || $0.kind == .soap }
    }

    @Test func `a vCenter reached as localhost and as 127.0.0.1 is one vCenter`() async throws {
        try await PolledVCenter.with { polled in
            try await polled.collect()
            let other = ["GOVC_URL": "https://127.0.0.1:\(polled.vCenter.port)"]
            let second = try await polled.history("collect", environment: other)
            #expect(second.termination == .exited(0) && second.standardError.isEmpty)
            #expect(
                try polled.sql("SELECT vcenter, outcome FROM collection_run_history")
                    == ["\(polled.name)|complete", "\(polled.name)|complete"])
            #expect(
                try polled.sql("SELECT count(*), (SELECT count(*) FROM virtual_machine) FROM vcenter") == ["1|3"])
            #expect(try polled.sql("SELECT instance_uuid FROM vcenter") == [polled.vCenter.instanceUUID])
            let told = try await polled.history("collect", "--verbose", environment: other)
            #expect(told.standardError.contains("127.0.0.1:\(polled.vCenter.port) is \(polled.name) in this history"))
        }
    }

    @Test func `two vCenters behind one host name are two, whatever the ids of their VMs`() async throws {
        try await PolledVCenter.with { polled in
            try await polled.withAnother { other in
                for vCenter in [polled, other] {
                    let run = try await vCenter.history("collect")
                    #expect(run.termination == .exited(0))
                }
                let expected = [polled.name, other.name].flatMap { name in (0..<3).map { "\(name)|\(polled.vm($0))" } }
                #expect(try polled.sql("SELECT vcenter, vm FROM poll_history").sorted() == expected.sorted())
            }
        }
    }

    @Test func `a configured name replaces one made from the host name, and the first of two configured names stays`()
        async throws
    {
        try await PolledVCenter.with { polled in
            try await polled.collect()
            for name in ["prod", "other"] {
                try configure([(name, polled)], in: polled)
                #expect(try await collectConfigured(polled).termination == .exited(0))
                try await polled.collect()
                #expect(try polled.sql("SELECT name FROM vcenter") == ["prod"])
            }
            #expect(try polled.sql("SELECT DISTINCT vcenter FROM collection_run_history") == ["prod"])
        }
    }

    @Test(arguments: [true, false])
    func `a name that now belongs to another vCenter is refused before the login until the old one is renamed`(
        isConfigured: Bool
    ) async throws {
        try await PolledVCenter.with(adjusting: { $0.instanceUUID = Self.one }) { polled in
            try configure([("prod", polled)], in: polled)
            func collect() async throws -> EndedRun {
                isConfigured ? try await collectConfigured(polled) : try await polled.history("collect")
            }
            let name = isConfigured ? "prod" : polled.name
            #expect(try await collect().termination == .exited(0))
            polled.vCenter.setInstanceUUID(Self.two)
            let refused = try await collect()
            expectOneLine(
                refused, 78, name, Self.one, Self.two, "vcenter rename \(name) \(name)-old")
            #expect(polled.vCenter.activity.logins == 1)
            #expect(
                try polled.sql(
                    "SELECT c.name, r.outcome, r.polls, r.failure IS NULL FROM collection_run AS r JOIN vcenter AS c ON c.id = vcenter_id"
                )
                    == ["\(name)|complete|3|1", "\(name)|failed|0|0"])

            #expect(try await polled.history("vcenter", "rename", name, "old").termination == .exited(0))
            #expect(try await collect().termination == .exited(0))
            #expect(
                try polled.sql("SELECT name, instance_uuid FROM vcenter ORDER BY id")
                    == ["old|\(Self.one)", "\(name)|\(Self.two)"])
            // The VMs of the new vCenter are separate VMs and were identified.
            #expect(try polled.sql("SELECT count(*), sum(is_identified) FROM virtual_machine") == ["6|6"])
            // The old vCenter is still recognized if it returns, although its name now belongs to another.
            polled.vCenter.setInstanceUUID(Self.one)
            let back = try await collect()
            #expect(back.termination == .exited(isConfigured ? 78 : 0))
            if !isConfigured {
                #expect(try polled.sql("SELECT vcenter FROM collection_run_history ORDER BY run_id").last == "old")
            }
        }
    }

    @Test func `an older release reports its identity by SOAP`() async throws {
        try await PolledVCenter.with(adjusting: { $0.apiVersion = "8.0.0.1" }) { polled in
            try await polled.collect("--endpoint", "customization")
            #expect(try polled.sql("SELECT instance_uuid FROM vcenter") == [polled.vCenter.instanceUUID])
            let asked = polled.vCenter.activity.requests
            // Once for the identity, and once for the API by which newer ones tell events.
            #expect(asked[.serviceContent] == 2 && asked[.soap] == 1)
            #expect(asked[.virtualMachineList] == 1)
        }
    }

    @Test func `a vCenter without an identity is known by name and address, and takes up one reported later`()
        async throws
    {
        try await PolledVCenter.with { polled in
            hide(polled.vCenter)
            try await polled.collect()
            #expect(try polled.sql("SELECT name, instance_uuid FROM vcenter") == ["\(polled.name)|"])
            polled.vCenter.removeFaults()
            // Each VM is identified once more, because the vCenter without an identity may have been another; now all at once.
            try await polled.collect()
            try await polled.collect()
            #expect(polled.vCenter.activity.requests[.virtualMachine] == 3)
            #expect(try polled.sql("SELECT instance_uuid FROM vcenter") == [polled.vCenter.instanceUUID])
            #expect(try polled.sql("SELECT count(*) FROM virtual_machine") == ["3"])

            let other = ["GOVC_URL": "https://127.0.0.1:\(polled.vCenter.port)"]
            try await polled.collect(environment: other)
            hide(polled.vCenter)
            try await polled.collect(environment: other)
            #expect(try polled.sql("SELECT name FROM vcenter") == [polled.name])
        }
    }

    @Test(arguments: [
        SimulatedFault.neverAnswer, .endlessBody, .reset, .drip(every: .milliseconds(50)),
        .answer(200, body: #"{"about":{"instanceUuid":"\u001b[2J"}}"#), .answer(200, body: "<instanceUuid>x"),
        .redirect(to: "https://example.org/sdk"),
    ])
    func `a hostile identity answer counts as none and delays nothing`(fault: SimulatedFault) async throws {
        try await PolledVCenter.with { polled in
            polled.vCenter.inject(fault) { $0.kind == .serviceContent || $0.kind == .soap }
            let run = try await polled.history("collect", "--timeout", "1s")
            #expect(run.termination == .exited(0))
            // What else is asked there: events, and what VMs are.
            let lines = run.standardError.split(separator: "\n")
            #expect(lines.count <= 2 && lines.allSatisfy { $0.contains("what its VMs are") || $0.contains("events") })
            #expect(try polled.sql("SELECT instance_uuid IS NULL FROM vcenter") == ["1"])
            #expect(try polled.sql("SELECT outcome, polls FROM collection_run_history") == ["complete|3"])
        }
    }

    @Test func `two collectors of one vCenter are kept apart although they use two names`() async throws {
        try await PolledVCenter.with { polled in
            let held = polled.vm(0)
            try await polled.collect()
            // Long enough for two processes to start on a busy machine.
            polled.vCenter.inject(.delay(.seconds(10), then: nil), times: 1) { $0.vm == held }
            let first = try await polled.history("collect") { _ in
                try await polled.vCenter.waitUntil { $0.openRequests >= 1 && $0.requests[.virtualMachineList] == 2 }
                let second = try await polled.history(
                    "collect", environment: ["GOVC_URL": "https://127.0.0.1:\(polled.vCenter.port)"])
                #expect(second.termination == .exited(75))
                let rename = try await polled.history("vcenter", "rename", polled.name, "prod")
                expectOneLine(rename, 75, polled.name)
            }
            #expect(first.termination == .exited(0))
            #expect(try polled.sql("SELECT name FROM vcenter") == [polled.name])
        }
    }

    @Test func `config check refuses two entries with one address`() async throws {
        try await PolledVCenter.with { polled in
            try polled.directory.write("password", "x")
            try polled.directory.write(
                "config.yaml",
                """
                vcenters:
                  - {name: a, url: VC.example.org, username: u, password_file: password}
                  - {name: b, url: "https://vc.example.org.:443/sdk", username: u, password_file: password}

                """)
            let check = try await polled.history(
                "config", "check", "--config", "config.yaml", environment: ["GOVC_URL": ""])
            expectOneLine(check, 78, "config.yaml:3", "line 2", "vc.example.org:443")
        }
    }
}

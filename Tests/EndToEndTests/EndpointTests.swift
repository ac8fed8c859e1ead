import Foundation
import GuestCustomization
import Testing
import VCenterSimulator

@Suite struct EndpointTests {
    private func runs(_ polled: PolledVCenter) throws -> [String] {
        try polled.sql("SELECT endpoint, outcome, polls FROM collection_run_history ORDER BY run_id")
    }

    @Test func `auto polls customization-live where the vCenter has it, and --verbose says so once`() async throws {
        try await PolledVCenter.with { polled in
            let run = try await polled.history("collect", "--verbose")
            #expect(run.termination == .exited(0))
            #expect(
                run.standardError.components(separatedBy: "customization-live is polled").count == 2,
                "\(run.standardError)")
            #expect(try await polled.history("collect", "--endpoint", "auto").standardError.isEmpty)
            #expect(try runs(polled) == ["customization-live|complete|3", "customization-live|complete|3"])
        }
    }

    @Test(arguments: ["8.0.3.0", "7.0.3.0", "7.0.0.0"])
    func `auto polls customization on an older vCenter`(release: String) async throws {
        try await PolledVCenter.with(adjusting: { $0.apiVersion = release }) { polled in
            let run = try await polled.history("collect", "--verbose")
            #expect(run.termination == .exited(0))
            #expect(
                run.standardError.components(separatedBy: "has no customization-live; customization is polled").count
                    == 2,
                "\(run.standardError)")
            let silent = try await polled.history("collect")
            #expect(silent.termination == .exited(0))
            #expect(silent.standardError.isEmpty)
            #expect(try runs(polled) == ["customization|complete|3", "customization|complete|3"])
        }
    }

    /// An answer of an older vCenter to a missing path.
    static let absences: [SimulatedResponse] = [
        .error(404, "NOT_FOUND", messageID: "com.vmware.vapi.rest.httpNotFound", "Not found."),
        .error(404, "OPERATION_NOT_FOUND", messageID: "com.vmware.vapi.rest.operationNotFound", "No such operation."),
        .error(405, "OPERATION_NOT_FOUND", messageID: "com.vmware.vapi.rest.httpMethodNotAllowed", "Not allowed."),
        SimulatedResponse(status: 405), SimulatedResponse(status: 404),
    ]

    @Test(arguments: absences.indices)
    func `auto follows an upgrade, however the older vCenter reports a missing path`(index: Int)
        async throws
    {
        try await PolledVCenter.with { polled in
            polled.vCenter.inject(.answer(Self.absences[index])) { $0.kind == .customizationLive }
            let named = try await polled.history("collect", "--endpoint", "customization-live")
            #expect(named.termination == .exited(78))
            #expect(named.standardError.contains("has no endpoint customization-live"))
            #expect(named.standardError.contains("use --endpoint auto"))
            let first = try await polled.history("collect")
            #expect(first.termination == .exited(0), "\(first.standardError)")
            polled.vCenter.removeFaults()
            try await polled.collect()
            #expect(
                try runs(polled) == [
                    "customization-live|failed|0", "customization|complete|3", "customization-live|complete|3",
                ])
            #expect(try await polled.history("report").termination == .exited(0))
        }
    }

    @Test func `both polls the existing endpoints and reports a missing one once`() async throws {
        try await PolledVCenter.with(adjusting: { $0.apiVersion = "8.0.3.0" }) { polled in
            let first = try await polled.history("collect", "--endpoint", "both")
            #expect(first.termination == .exited(0))
            #expect(
                first.standardError.contains("has no customization-live; customization is polled"),
                "\(first.standardError)")
            #expect(first.standardError.split(separator: "\n").count == 1)
            let second = try await polled.history("collect", "--endpoint", "both")
            #expect(second.termination == .exited(0))
            #expect(second.standardError.isEmpty)
            #expect(try runs(polled) == ["customization|complete|3", "customization|complete|3"])
        }
    }

    @Test func `the configuration file selects the endpoint`() async throws {
        try await PolledVCenter.with(adjusting: { $0.apiVersion = "8.0.3.0" }) { polled in
            let password = try polled.directory.write("password", polled.vCenter.password)
            for (endpoints, code) in [
                ("auto", 0), ("both", 0), ("customization", 0), ("[customization-live, customization]", 78),
                ("customization-live", 78),
            ] as [(String, Int32)] {
                let file = try polled.directory.write(
                    "config.yaml",
                    """
                    vcenters:
                    - {url: "\(polled.vCenter.url)", username: "\(polled.vCenter.user)", password_file: "\(password)", \
                    ca_certificates: "\(polled.directory.path("ca.pem"))", endpoints: \(endpoints)}
                    """)
                let run = try await polled.history("collect", "--config", file)
                #expect(run.termination == .exited(code), "\(endpoints): \(run.standardError)")
            }
        }
    }

    @Test func `the endpoint of the previous run is recorded with the reason when the vCenter cannot be asked`()
        async throws
    {
        try await PolledVCenter.with(adjusting: { $0.apiVersion = "8.0.3.0" }) { polled in
            try await polled.collect()
            polled.vCenter.inject(.reset)
            #expect(try await polled.history("collect").termination == .exited(69))
            // Without a trusted authority there is no connection either.
            let unknown = try await polled.history("collect", environment: ["GOVC_TLS_CA_CERTS": ""])
            #expect(unknown.termination == .exited(69))
            #expect(unknown.standardError.contains("is not signed by a trusted authority"))
            #expect(
                try runs(polled) == ["customization|complete|3", "customization|failed|0", "customization|failed|0"])
            #expect(
                try polled.sql(
                    "SELECT count(*) FROM collection_run WHERE failure LIKE '%not signed by a trusted authority%'") == [
                        "1"
                    ])
        }
    }
}

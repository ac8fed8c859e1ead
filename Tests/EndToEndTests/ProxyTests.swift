import Foundation
import GuestCustomization
import Subprocess
import TestSupport
import Testing
import VCenterSimulator

/// Debian's `tinyproxy` and a host name that only the proxy can resolve: by Go's rules, which are ours, loopback is never proxied.
@Suite struct ProxyTests {
    private static let host = "vcsa.example.test"

    /// A vCenter that is reachable at `host` through the proxy only.
    private func withProxy(
        _ settings: String = "", _ body: (PolledVCenter, TinyProxy, [String: String]) async throws -> Void
    ) async throws {
        try await PolledVCenter.with(vms: 5) {
            $0.hostNames = [Self.host]
        } _: { polled in
            try await TinyProxy.run(settings, resolving: Self.host, in: polled.directory) { proxy in
                try await body(
                    polled, proxy,
                    [
                        "GOVC_URL": "https://\(Self.host):\(polled.vCenter.port)",
                        "HTTPS_PROXY": "http://127.0.0.1:\(proxy.port)",
                    ])
            }
        }
    }

    private func outcome(_ polled: PolledVCenter) throws -> [String] {
        try polled.sql("SELECT endpoint, outcome, polls, failed_polls FROM collection_run_history")
    }

    @Test func `a vCenter whose name only the proxy can resolve is polled through the proxy`() async throws {
        try await withProxy { polled, proxy, environment in
            let run = try await polled.history("collect", environment: environment)
            #expect(run.termination == .exited(0), "\(run.standardError)")
            #expect(run.standardError.isEmpty)
            #expect(try outcome(polled) == ["customization-live|complete|5|0"])
            // One connection establishes trust, the others belong to the pool: none bypassed the proxy.
            #expect(proxy.log.components(separatedBy: "CONNECT \(Self.host):\(polled.vCenter.port)").count > 2)
            let straight = try await polled.history(
                "collect", environment: environment.merging(["NO_PROXY": "example.test"]) { $1 })
            #expect(straight.termination == .exited(69))
            #expect(straight.standardError.contains("the host name cannot be resolved"))
            let check = try await polled.history("config", "check", environment: environment)
            #expect(check.standardOutput.contains("  proxy        http://127.0.0.1:\(proxy.port) (HTTPS_PROXY)\n"))
        }
    }

    @Test func `the vCenter's certificate is verified, not the proxy's address`() async throws {
        try await withProxy { polled, _, environment in
            let mistrusted = environment.merging(["GOVC_TLS_CA_CERTS": ""]) { $1 }
            let run = try await polled.history("collect", environment: mistrusted)
            #expect(run.termination == .exited(69))
            #expect(run.standardError.contains("is not signed by a trusted authority"))
            #expect(polled.vCenter.activity.logins == 0)
            // The certificate contains the address of this machine, and so of the proxy, but not that of the vCenter.
            let address = environment.merging(["GOVC_URL": "https://0.0.0.0:\(polled.vCenter.port)"]) { $1 }
            let byAddress = try await polled.history("collect", environment: address)
            #expect(byAddress.termination == .exited(69))
            #expect(byAddress.standardError.contains("was issued to another host"), "\(byAddress.standardError)")
            let insecure = try await polled.history("collect", "--insecure", environment: environment)
            #expect(insecure.termination == .exited(0), "\(insecure.standardError)")
        }
    }

    @Test func `the proxy's credentials come from the variable, and a refusal is reported`() async throws {
        try await withProxy("BasicAuth op pa-55") { polled, proxy, environment in
            func collect(_ login: String, _ arguments: String...) async throws -> EndedRun {
                let variable = ["https_proxy": "http://\(login)127.0.0.1:\(proxy.port)", "HTTPS_PROXY": ""]
                return try await polled.history(
                    ["collect", "--verbose"] + arguments, environment: environment.merging(variable) { $1 })
            }
            let run = try await collect("op:pa%2D55@")
            #expect(run.termination == .exited(0), "\(run.standardError)")
            for arguments in [[], ["--insecure"]] {
                for (login, words) in [
                    ("", "it asks for a user name and a password (HTTP 407)"),
                    ("op:hunter2@", "it rejects the user name and password in HTTPS_PROXY (HTTP 401)"),
                ] {
                    let refused =
                        arguments.isEmpty ? try await collect(login) : try await collect(login, arguments[0])
                    #expect(refused.termination == .exited(69))
                    let way = login.isEmpty ? "127.0.0.1" : "op@127.0.0.1"
                    #expect(
                        refused.standardError.contains(
                            "cannot connect to \(Self.host):\(polled.vCenter.port) through the proxy http://\(way):\(proxy.port): \(words)"
                        ),
                        "\(refused.standardError)")
                    #expect(!refused.standardError.contains("hunter2"))
                }
            }
            #expect(
                try polled.sql("SELECT count(*) FROM collection_run WHERE failure LIKE '%through the proxy%'") == ["4"])
            #expect(polled.vCenter.activity.logins == 1)
        }
    }

    @Test func `a proxy that forbids the request, cannot reach the vCenter or is missing is reported`() async throws {
        try await withProxy("ConnectPort 1") { polled, _, environment in
            let run = try await polled.history("collect", environment: environment)
            #expect(run.termination == .exited(69))
            #expect(
                run.standardError.contains(
                    "it does not allow connections to \(Self.host):\(polled.vCenter.port) (HTTP 403)"))
        }
        try await withProxy { polled, _, environment in
            let elsewhere = environment.merging(["GOVC_URL": "unknown.example.test"]) { $1 }
            let run = try await polled.history("collect", environment: elsewhere)
            #expect(run.termination == .exited(69))
            #expect(run.standardError.contains("through the proxy"))
            #expect(
                run.standardError.contains("to CONNECT; check that it can reach the vCenter"), "\(run.standardError)")
            let absent = environment.merging(["HTTPS_PROXY": "127.0.0.1:1"]) { $1 }
            let nobody = try await polled.history("collect", environment: absent)
            #expect(nobody.termination == .exited(69))
            #expect(nobody.standardError.contains("cannot connect to the proxy: connection refused"))
            let kind = try await polled.history(
                "collect", environment: environment.merging(["HTTPS_PROXY": "socks5://127.0.0.1:1"]) { $1 })
            #expect(kind.termination == .exited(78))
            #expect(kind.standardError.contains("HTTPS_PROXY names a proxy of kind socks5://"))
        }
    }
}

import Foundation
import Testing
import VCenterSimulator

/// A real nginx in front of the vCenter, with the settings and events of daily operation.
@Suite struct NginxTests {
    private func collect(
        vms: Int, http: String = "", location: String = "", latency: Duration = .milliseconds(10),
        whileRunning: @escaping @Sendable (Nginx, PolledVCenter) async throws -> Void = { _, _ in }
    ) async throws {
        try await PolledVCenter.with(vms: vms, adjusting: { $0.latency = latency }) { polled in
            try await Nginx.run(before: polled.vCenter, http: http, location: location, in: polled.directory) { nginx in
                let run = try await polled.history("collect", environment: ["GOVC_URL": nginx.url]) { _ in
                    try await whileRunning(nginx, polled)
                }
                #expect(run.termination == .exited(0), "\(run.standardError)")
                #expect(run.standardError.isEmpty)
                #expect(
                    try polled.sql("SELECT outcome, polls, failed_polls FROM collection_run_history")
                        == ["complete|\(vms)|0"])
            }
        }
    }

    @Test func `killed workers cost no poll`() async throws {
        try await collect(vms: 1000) { nginx, polled in
            for kills in 1...5 {
                try await polled.vCenter.waitUntil { $0.requests[.customizationLive, default: 0] > kills * 150 }
                try nginx.killWorkers()
            }
        }
    }

    @Test func `a reload in the middle of a run costs no poll`() async throws {
        try await collect(vms: 1000) { nginx, polled in
            for reloads in 1...5 {
                try await polled.vCenter.waitUntil { $0.requests[.customizationLive, default: 0] > reloads * 150 }
                nginx.reload()
            }
        }
    }

    @Test func `connections limited to three requests cost no poll`() async throws {
        try await collect(vms: 300, http: "keepalive_requests 3;")
    }

    @Test func `connections without keep-alive time cost no poll`() async throws {
        try await collect(vms: 300, http: "keepalive_timeout 1ms;")
    }

    @Test(arguments: [429, 503])
    func `a rate limit costs time and no poll`(status: Int) async throws {
        try await collect(
            vms: 300, http: "limit_req_zone $server_name zone=all:64k rate=100r/s; limit_req_status \(status);",
            location: "limit_req zone=all burst=5 nodelay;")
    }

    @Test(arguments: [429, 503])
    func `a limit on concurrent connections costs time and no poll`(status: Int) async throws {
        try await collect(
            vms: 300, http: "limit_conn_zone $server_name zone=all:64k; limit_conn_status \(status);",
            location: "limit_conn all 4;")
    }
}

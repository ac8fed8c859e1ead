import Foundation
import GuestCustomization
import Testing
import VCenterSimulator

/// `bulk: true` and `collect --compare-bulk`.
@Suite struct BulkTests {
    private func configure(_ polled: PolledVCenter) throws {
        try polled.directory.write("secret", polled.vCenter.password, mode: 0o600)
        try polled.directory.write(
            "config.yaml",
            """
            vcenters:
              - url: \(polled.vCenter.url)
                username: \(polled.vCenter.user)
                password_file: secret
                ca_certificates: ca.pem
                endpoints: customization
                bulk: true
            """, mode: 0o600)
    }

    private func columns(_ polled: PolledVCenter, run: Int) throws -> [String] {
        try polled.sql(
            """
            SELECT vm, result, status, start_time, end_time, error_message, http_status
            FROM poll_history WHERE run_id = \(run) ORDER BY vm
            """)
    }

    @Test(arguments: ["9.0.0.0", "8.0.3.0", "8.0.1.0"])
    func `polls in bulk are those that are made one by one, in few requests`(release: String) async throws {
        try await PolledVCenter.with(vms: 60, adjusting: {
            $0.apiVersion = release
            $0.maximumObjects = 25
            let start = Timestamp.now()
            $0.clock = { start }
        }) { polled in
            try configure(polled)
            try polled.vCenter.setAccess(to: "vm-1007", isDenied: true)
            try polled.vCenter.setAnswer(.toolsNotRunning(vm: "vm-1009"), of: "vm-1009")
            #expect(try await polled.history("collect", "--endpoint", "customization").termination == .exited(0))
            let singles = polled.vCenter.activity.requests[.customization, default: 0]
            // One of them finds out whether the vCenter has the endpoint.
            #expect((60...61).contains(singles))
            let run = try await polled.history(
                "collect", "--config", polled.directory.path("config.yaml"),
                environment: ["GOVC_URL": ""])
            #expect(run.termination == .exited(0), "\(run.standardError)")
            // Those two only.
            #expect(polled.vCenter.activity.requests[.customization, default: 0] - singles <= 3)
            #expect(try columns(polled, run: 2) == columns(polled, run: 1))
            #expect(try await polled.history("verify").termination == .exited(0))
            #expect(polled.vCenter.liveViews == 0)
        }
    }

    @Test func `without VI JSON, one line says that the VMs were polled one by one`() async throws {
        try await PolledVCenter.with(adjusting: { $0.apiVersion = "7.0.3.0" }) { polled in
            try configure(polled)
            let run = try await polled.history(
                "collect", "--config", polled.directory.path("config.yaml"), environment: ["GOVC_URL": ""])
            #expect(run.termination == .exited(0))
            #expect(run.standardError.contains("were polled one by one"), "\(run.standardError)")
            #expect(try columns(polled, run: 1).count == 3)
        }
    }

    @Test func `a comparison tells each difference, and records what was polled one by one`() async throws {
        try await PolledVCenter.with(vms: 30, adjusting: {
            let start = Timestamp.now()
            $0.clock = { start }
        }) { polled in
            let same = try await polled.history("collect", "--compare-bulk")
            #expect(same.termination == .exited(0), "\(same.standardError)")
            #expect(same.standardOutput.hasSuffix(": 30 VMs compared: 30 agree, 0 differ; 0 told of nothing in bulk, 0 gave no answer by itself\n"), "\(same.standardOutput)")
            polled.vCenter.setProperty(
                "guest.customizationInfo", of: "vm-1002",
                json: #"{"_typeName":"GuestInfoCustomizationInfo","customizationStatus":"TOOLSDEPLOYPKG_FAILED","errorMsg":"\u001b[31mno"}"#)
            try polled.vCenter.setAccess(to: "vm-1003", isDenied: true)
            let run = try await polled.history("collect", "--compare-bulk")
            #expect(run.termination == .exited(4), "\(run.standardError)")
            let lines = run.standardOutput.split(separator: "\n")
            #expect(lines.count == 2 && lines[0].hasPrefix("vm-1002 ") && lines[0].contains("in bulk FAILED"))
            #expect(!run.standardOutput.contains("\u{1B}"))
            #expect(lines.last?.contains("29 VMs compared: 28 agree, 1 differ; 1 told of nothing") == true)
            #expect(try columns(polled, run: 2).count == 30)
            #expect(try columns(polled, run: 2).contains { $0.contains("no") && $0.contains("FAILED") && $0.hasPrefix("vm-1002") } == false)
            #expect(try await polled.history("collect", "--compare-bulk", "--follow").termination == .exited(64))
        }
    }

    @Test func `a comparison with nothing to compare has its own exit code`() async throws {
        try await PolledVCenter.with(adjusting: { $0.apiVersion = "8.0.3.0" }) { polled in
            for vm in polled.vCenter.virtualMachines { try polled.vCenter.setAnswer(.toolsNotRunning(vm: vm.id), of: vm.id) }
            #expect(try await polled.history("collect", "--compare-bulk").termination == .exited(5))
        }
    }
}

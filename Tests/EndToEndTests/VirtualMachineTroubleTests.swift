import Foundation
import Testing
import VCenterSimulator

/// VMs that the vCenter refuses to report on for reasons of their own do not affect the others.
@Suite struct VirtualMachineTroubleTests {
    @Test func `a VM's own trouble is an answer although many neighbours have it`() async throws {
        try await PolledVCenter.with(vms: 300, adjusting: { $0.isWithoutTools = (50..<75).contains }) { polled in
            let run = try await polled.history("collect", "--endpoint", "customization-live")
            #expect(run.termination == .exited(0))
            #expect(run.standardOutput.isEmpty && run.standardError.isEmpty)
            #expect(
                try polled.sql("SELECT result, http_status, count(*) FROM poll_history GROUP BY 1, 2 ORDER BY 1") == [
                    "reported|200|275", "unavailable|503|25",
                ])
            #expect(
                try polled.sql(
                    "SELECT DISTINCT error_id FROM poll_history WHERE error_message LIKE 'VMware Tools are not running in%'"
                )
                    == ["com.vmware.api.vcenter.vm.guest.tools_not_running"])
            #expect(
                try polled.sql("SELECT outcome, polls, failed_polls FROM collection_run_history") == ["complete|300|0"])
            // Each was requested once, without a wait.
            #expect(polled.vCenter.activity.requests[.customizationLive] == 300)
            let runs = try await polled.history("runs")
            #expect(!runs.standardOutput.contains("without an answer"))
            let show = try await polled.history("show", polled.vm(60))
            #expect(show.standardOutput.contains("unavailable: HTTP 503"))
            #expect(!show.standardOutput.contains("no answer"))
        }
    }

    @Test func `a VM's own trouble is an answer although all VMs have it`() async throws {
        try await PolledVCenter.with(vms: 100, adjusting: { $0.isWithoutTools = { _ in true } }) { polled in
            let run = try await polled.history("collect", "--endpoint", "both")
            #expect(run.termination == .exited(0))
            #expect(run.standardError.isEmpty)
            #expect(
                try polled.sql("SELECT outcome, polls, failed_polls FROM collection_run_history") == [
                    "complete|100|0", "complete|100|0",
                ])
        }
    }

    @Test(arguments: [
        SimulatedResponse.error(
            500, "INTERNAL_SERVER_ERROR", messageID: "com.vmware.vim.fault", "Virtual machine 'VM' has no heartbeat."),
        .error(503, "SERVICE_UNAVAILABLE", messageID: "com.vmware.vcenter.vm.powered_off", "It is powered off."),
        .error(503, "SERVICE_UNAVAILABLE", messageID: "new", "Off.", args: ["VM:5028b4b6"]),
        .error(400, "NOT_ALLOWED_IN_CURRENT_STATE", messageID: "new", "Off.", args: ["VM"]),
    ])
    func `a VM's own trouble is recognized in several wordings`(response: SimulatedResponse) async throws {
        try await PolledVCenter.with(vms: 60) { polled in
            for index in 20..<40 {
                var own = response
                let text = String(decoding: response.body, as: UTF8.self).replacing("VM", with: polled.vm(index))
                own.body = Array(text.replacing("SER\(polled.vm(index))", with: "SERVM").utf8)
                try polled.vCenter.setAnswer(own, of: polled.vm(index))
            }
            let run = try await polled.history("collect", "--endpoint", "customization-live")
            #expect(run.termination == .exited(0), "\(run.standardError)")
            #expect(run.standardError.isEmpty)
            #expect(
                try polled.sql("SELECT result, count(*) FROM poll_history GROUP BY 1 ORDER BY 1") == [
                    "reported|40", "unavailable|20",
                ])
            #expect(polled.vCenter.activity.requests[.customizationLive] == 60)
        }
    }

    @Test func `a VM's own trouble differs from temporary trouble of the server`() async throws {
        try await PolledVCenter.with(vms: 100, adjusting: { $0.isWithoutTools = (30..<55).contains }) { polled in
            polled.vCenter.inject(.answer(503, body: "<h1>Service Unavailable</h1>"), times: 12) {
                $0.kind == .customizationLive
            }
            let run = try await polled.history("collect")
            #expect(run.termination == .exited(0), "\(run.standardError)")
            #expect(
                try polled.sql("SELECT result, http_status, count(*) FROM poll_history GROUP BY 1, 2 ORDER BY 1") == [
                    "reported|200|75", "unavailable|503|25",
                ])
        }
    }

    @Test func `a 401 for some VMs does not cost the others their session`() async throws {
        try await PolledVCenter.with(vms: 300) { polled in
            let refused = Set((100..<130).map { polled.vm($0) })
            polled.vCenter.inject(.answer(.unauthenticated)) { $0.vm.map(refused.contains) == true }
            let run = try await polled.history("collect")
            #expect(run.termination == .exited(3))
            #expect(
                try polled.sql("SELECT result, count(*) FROM poll_history GROUP BY 1 ORDER BY 1") == [
                    "reported|270", "unauthenticated|30",
                ])
            #expect(polled.vCenter.activity.logins == 1)
        }
    }

    @Test func `expired sessions are not mistaken for a VM's own trouble`() async throws {
        try await PolledVCenter.with(vms: 1000, adjusting: { $0.sessionRequests = 25 }) { polled in
            let run = try await polled.history("collect")
            #expect(run.termination == .exited(0))
            #expect(run.standardError.isEmpty)
            #expect(
                try polled.sql("SELECT result, count(*) FROM poll_history GROUP BY 1") == ["reported|1000"])
            #expect(polled.vCenter.activity.logoutsInUse == 0)
        }
    }

    @Test func `a repeated poll has the time of the request that was answered`() async throws {
        try await PolledVCenter.with(vms: 1) { polled in
            polled.vCenter.inject(.answer(503, headers: [("Retry-After", "2")]), times: 1) {
                $0.vm == "vm-1001" && $0.kind == .customizationLive
            }
            let run = try await polled.history("collect")
            #expect(run.termination == .exited(0))
            #expect(
                try polled.sql("SELECT polled_ms - started_ms >= 2000 FROM poll JOIN collection_run ON id = run_id")
                    == ["1"])
        }
    }
}

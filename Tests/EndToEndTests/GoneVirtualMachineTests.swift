import Foundation
import GuestCustomization
import Testing
import VCenterSimulator

@Suite struct GoneVirtualMachineTests {
    private struct Report: Decodable {
        struct Summary: Decodable { var failed, lost, running, stuck: Int }
        struct VM: Decodable {
            var vm, name, condition: String
            var is_listed: Bool
            var lost: Int
        }
        var summary: Summary
        var virtual_machines: [VM]
    }

    private struct Shown: Decodable {
        struct Namesake: Decodable { var vcenter, vm, name: String }
        var vm: String
        var is_listed: Bool
        var gone_namesakes: [Namesake]
    }

    private func report(_ polled: PolledVCenter) async throws -> Report {
        let run = try await polled.history("report", "--since", "2026-11-01", "--format", "json")
        return try JSONDecoder().decode(Report.self, from: Data(run.standardOutputBytes))
    }

    private func shown(_ vm: String, _ polled: PolledVCenter) async throws -> Shown {
        let run = try await polled.history("show", vm, "--format", "json")
        #expect(run.termination == .exited(0) && run.standardError.isEmpty)
        return try JSONDecoder().decode(Shown.self, from: Data(run.standardOutputBytes))
    }

    /// VM 0 failed, VM 1 runs, VM 2 is pending at the older endpoint and failed at the other; then all but VM 3 are deleted.
    private func withDeleted(_ body: (PolledVCenter, _ deleted: [String]) async throws -> Void) async throws {
        try await PolledVCenter.with(vms: 4) { polled in
            let deleted = (0..<3).map(polled.vm)
            for index in 0..<4 {
                try polled.vCenter.renameVirtualMachine(polled.vm(index), to: "web-0\(index)")
                try polled.set(index, .idle, endpoint: .customization)
                try polled.set(index, .notAvailable)
            }
            let (start, end) = ("2026-11-01T08:00:00Z", "2026-11-01T08:01:00Z")
            try polled.set(0, .failed, start: start, end: end, error: .text("No Perl."))
            try polled.set(1, .running, start: start)
            try polled.set(2, .failed, start: start, end: end, error: .text("No Perl."))
            try polled.set(2, .pending, endpoint: .customization)
            try polled.set(3, .failed, start: start, end: end, error: .text("No Perl."))
            try await polled.collect("--endpoint", "both")
            #expect(try await report(polled).virtual_machines.allSatisfy(\.is_listed))
            for vm in deleted { try polled.vCenter.removeVirtualMachine(vm) }
            try await polled.collect()
            try await body(polled, deleted)
        }
    }

    @Test func `a gone VM's unfinished customizations are lost at both endpoints, and it no longer fails`() async throws
    {
        try await withDeleted { polled, deleted in
            #expect(
                try polled.sql(
                    "SELECT vm_name, endpoint, outcome FROM customization_history ORDER BY vm_name, endpoint DESC") == [
                        "web-00|customization-live|failed", "web-01|customization-live|lost",
                        "web-02|customization-live|failed", "web-02|customization|lost",
                        "web-03|customization-live|failed",
                    ])
            #expect(
                try polled.sql("SELECT vm_name, is_listed FROM latest_error ORDER BY vm_name")
                    == ["web-00|0", "web-02|0", "web-03|1"])

            let report = try await report(polled)
            #expect(report.virtual_machines.map(\.condition) == ["failing", "gone", "gone", "gone"])
            #expect(report.virtual_machines.map(\.is_listed) == [true, false, false, false])
            #expect(Set(report.virtual_machines.dropFirst().map(\.vm)) == Set(deleted))
            // Their customizations count in the rates of the window.
            #expect((report.summary.failed, report.summary.lost, report.summary.stuck) == (3, 2, 0))

            let table = try await polled.history(
                "report", "--since", "2026-11-01", environment: ["LC_ALL": "C.UTF-8"]
            ).standardOutput
            #expect(table.contains("1 failing, 3 gone"))
            for number in 0..<3 { #expect(table.contains("– web-0\(number) (gone)")) }
            #expect(table.contains("✗ web-03 "))
            let csv = try await polled.history("report", "--since", "2026-11-01", "--format", "csv").standardOutput
            #expect(csv.contains("web-00,gone,false,") && csv.contains("web-03,failing,true,"))
            let html = try await polled.history("report", "--since", "2026-11-01", "--format", "html").standardOutput
            #expect(html.contains(">gone</span>"))
        }
    }

    @Test func `a gone VM is shown when selected by id, and mentioned when a listed VM has its name`() async throws {
        try await withDeleted { polled, deleted in
            let alone = try await shown("web-00", polled)
            #expect(alone.vm == deleted[0] && !alone.is_listed && alone.gone_namesakes.isEmpty)

            let clone = polled.vCenter.addVirtualMachine(named: "web-00")
            try await polled.collect()
            let shown = try await shown("web-00", polled)
            #expect(shown.vm == clone.id && shown.is_listed)
            #expect(shown.gone_namesakes.map(\.vm) == [deleted[0]])
            let table = try await polled.history("show", "web-00").standardOutput
            #expect(table.contains("gone namesakes  \(deleted[0]) in "))
            #expect(try await self.shown(deleted[0], polled).vm == deleted[0])

            // Two listed VMs with one name are ambiguous.
            polled.vCenter.addVirtualMachine(named: "web-00")
            try await polled.collect()
            let unclear = try await polled.history("show", "web-00")
            #expect(unclear.termination == .exited(64))
            #expect(unclear.standardError.contains("is 3 VMs") && unclear.standardError.contains("(web-00, gone)"))
        }
    }

    @Test func `a pass over selected VMs or a proxy's 404 does not make a VM gone`() async throws {
        try await PolledVCenter.with(vms: 2) { polled in
            for index in 0...1 { try polled.set(index, .running, start: "2026-11-01T08:00:00Z") }
            try await polled.collect()
            #expect(try await polled.history("collect", "--vm", polled.vm(0)).termination == .exited(0))
            let page = "<html><h1>404 Not Found</h1></html>"
            let unlucky = polled.vm(1)
            polled.vCenter.inject(.answer(404, body: page)) {
                $0.kind == .customizationLive && $0.vm == unlucky
            }
            #expect(try await polled.history("collect").termination == .exited(3))
            #expect(
                try polled.sql("SELECT outcome, count(*) FROM customization_history GROUP BY 1") == ["running|2"])
            #expect(try await report(polled).virtual_machines.allSatisfy(\.is_listed))

            polled.vCenter.removeFaults()
            polled.vCenter.inject(.answer(SimulatedResponse.notFound(vm: unlucky))) {
                $0.kind == .customizationLive && $0.vm == unlucky
            }
            try await polled.collect()
            #expect(
                try polled.sql("SELECT vm, outcome FROM customization_history ORDER BY vm")
                    == ["\(polled.vm(0))|running", "\(unlucky)|lost"])
            // The listing contained it: only the next listing can show that it is gone.
            #expect(try await report(polled).virtual_machines.allSatisfy(\.is_listed))
        }
    }

    @Test func `two collectors with different filters do not make each other's VMs gone`() async throws {
        try await PolledVCenter.with(vms: 8) { polled in
            for index in 0..<8 {
                try polled.set(index, .running, start: "2026-11-01T08:00:00Z")
                try polled.vCenter.renameVirtualMachine(polled.vm(index), to: "\(index < 4 ? "web" : "db")-\(index)")
            }
            let filters = [
                "names: ['web-*']", "names: ['db-*']", "power_states: [POWERED_OFF]", "power_states: [POWERED_ON]",
                "folders: [Linux]",
            ]
            for (number, filter) in filters.enumerated() {
                try polled.directory.write(
                    "\(number).yaml",
                    """
                    vcenters:
                      - {name: vc, url: "\(polled.vCenter.url)", username: \(polled.vCenter.user), password_file: password,
                         ca_certificates: ca.pem, filters: {\(filter)}}
                    """)
            }
            try polled.directory.write("password", polled.vCenter.password)
            for number in Array(filters.indices) + Array(filters.indices) {
                let run = try await polled.history(
                    "collect", "--config", "\(number).yaml", environment: ["GOVC_URL": ""])
                #expect([.exited(0), .exited(3)].contains(run.termination), "\(filters[number]) \(run.standardError)")
            }
            #expect(try polled.sql("SELECT DISTINCT outcome FROM customization_history") == ["running"])
            #expect(try polled.sql("SELECT max(is_whole), min(selection) FROM collection_run") == ["0|filtered"])
            #expect(try await report(polled).virtual_machines.allSatisfy(\.is_listed))
            // It is still a good run.
            let metrics = try await polled.history("metrics").standardOutput
            #expect(metrics.contains("last_good_run_timestamp_seconds{"))
        }
    }

}

import Foundation
import GuestCustomization
import Testing

/// vCenter writes `%`, `/` and `\` in names as `%25`, `%2f` and `%5c`, and keeps either Unicode form of é.
@Suite struct InventoryNameTests {
    private func withNames(_ body: (PolledVCenter) async throws -> Void) async throws {
        try await PolledVCenter.with(vms: 4) { polled in
            for (index, name) in ["web/01", #"CORP\100%"#, "Zu\u{308}rich", "plain"].enumerated() {
                try polled.vCenter.renameVirtualMachine(polled.vm(index), to: name)
                try polled.set(index, .failed, start: "2026-11-01T08:00:00Z", end: "2026-11-01T08:01:00Z")
            }
            try await body(polled)
        }
    }

    @Test func `a name is stored as vCenter sends it and shown decoded`() async throws {
        try await withNames { polled in
            try await polled.collect()
            #expect(
                try polled.sql("SELECT name, shown_name FROM virtual_machine ORDER BY id") == [
                    "web%2f01|web/01", #"CORP%5c100%25|CORP\100%"#, "Zu\u{308}rich|Z\u{FC}rich", "plain|plain",
                ])
            for view in ["poll_history", "customization_history", "latest_error"] {
                #expect(try polled.sql("SELECT vm_name FROM \(view) WHERE vm = '\(polled.vm(0))'") == ["web/01"])
            }
            for format in ["table", "json", "csv", "markdown", "html"] {
                let report = try await polled.history(
                    "report", "--since", "2026-10-01", "--until", "2026-12-01", "--format", format)
                #expect(
                    report.standardOutput.contains("web/01") || report.standardOutput.contains(#"web\/01"#), "\(format)"
                )
                #expect(!report.standardOutput.contains("%2f"))
                #expect(!report.standardOutput.contains("%25"))
            }
        }
    }

    @Test(arguments: [
        ("web/01", 0), ("web%2f01", 0), ("web%2F01", 0), (#"CORP\100%"#, 1), ("CORP%5c100%25", 1), ("Z\u{FC}rich", 2),
        ("Zu\u{308}rich", 2),
    ])
    func `show, report and collect find a VM by its decoded name`(typed: String, index: Int) async throws {
        try await withNames { polled in
            let run = try await polled.history("collect", "--vm", typed)
            #expect(run.termination == .exited(0), "\(run.standardError)")
            #expect(try polled.sql("SELECT vm FROM poll_history") == [polled.vm(index)])
            try await polled.collect()
            let shown = try await polled.history("show", typed)
            #expect(shown.termination == .exited(0), "\(shown.standardError)")
            #expect(shown.standardOutput.contains(polled.vm(index)))
            let report = try await polled.history(
                "report", "--vm", typed, "--since", "2026-10-01", "--until", "2026-12-01", "--format", "csv")
            #expect(report.standardOutput.contains(polled.vm(index)))
            #expect(report.standardOutput.split(whereSeparator: \.isNewline).count == 2)
        }
    }

    @Test func `a glob matches the decoded name`() async throws {
        try await withNames { polled in
            let run = try await polled.history("collect", "--vm", "web/*", "--vm", "Z\u{FC}*")
            #expect(run.termination == .exited(0))
            #expect(Set(try polled.sql("SELECT vm FROM poll_history")) == [polled.vm(0), polled.vm(2)])
        }
    }

    @Test func `a change of spelling alone is not a rename`() async throws {
        try await withNames { polled in
            try await polled.collect()
            try polled.vCenter.renameVirtualMachine(polled.vm(2), to: "Z\u{FC}rich")
            try await polled.collect()
            let shown = try await polled.history("show", "Z\u{FC}rich", "--format", "json")
            struct Shown: Decodable {
                struct Name: Decodable { var name: String }
                var names: [Name]
            }
            #expect(
                try JSONDecoder().decode(Shown.self, from: Data(shown.standardOutputBytes)).names.map(\.name) == [
                    "Z\u{FC}rich"
                ])
        }
    }
}

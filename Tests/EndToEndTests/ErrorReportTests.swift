import Foundation
import GuestCustomization
import TestSupport
import Testing
import VCenterSimulator

@Suite struct ErrorReportTests {
    private static let window = ["report", "--since", "2026-11-01T00:00:00Z", "--until", "2026-11-05T00:00:00Z"]

    /// Forty clones with one fault, in two languages and with names from `mkdtemp`; one VM that recovered from another fault
    /// of the same cause, one with an unknown fault, and some without a fault.
    private func withHistory(_ body: (PolledVCenter) async throws -> Void) async throws {
        try await PolledVCenter.with(vms: 60) { polled in
            func fault(_ index: Int) -> CustomizationError {
                let made = ["dZMKDmP", "dabcdef", "dQwErTy"][index % 3]
                let path = "/var/run/.vmware-imgcust-\(made)/scripts/customize.sh"
                let name = polled.vCenter.virtualMachines[index].name
                return .message(
                    LocalizableMessage(
                        id: "com.vmware.x.command_failed",
                        defaultMessage:
                            "\(name): \(path) exited with code 127: /usr/bin/perl: No such file or directory",
                        localized: index.isMultiple(of: 2) ? "\(name): \(path) endete mit Code 127" : nil))
            }
            for index in 0..<60 {
                try polled.set(index, .succeeded, start: "2026-11-02T08:00:00Z", end: "2026-11-02T08:01:00Z")
            }
            for index in 0..<40 {
                try polled.set(
                    index, .failed, start: "2026-11-02T08:00:00Z", end: "2026-11-02T08:01:00Z", error: fault(index))
            }
            try polled.set(
                40, .failed, start: "2026-11-02T08:00:00Z", end: "2026-11-02T08:01:00Z", error: .text("No Perl here"))
            try polled.set(
                41, .failed, start: "2026-11-02T08:00:00Z", end: "2026-11-02T08:01:00Z",
                error: .text("Communication error: thumbprint mismatch"))
            try await polled.collect()
            try polled.set(40, .succeeded, start: "2026-11-03T08:00:00Z", end: "2026-11-03T08:01:00Z")
            try await polled.collect()
            try await body(polled)
        }
    }

    private func report(
        _ polled: PolledVCenter, _ arguments: String..., environment: [String: String] = [:]
    ) async throws -> EndedRun {
        try await polled.history(Self.window + arguments, environment: environment)
    }

    private func json(_ polled: PolledVCenter, _ arguments: String...) async throws -> [String: Any] {
        let run = try await polled.history(Self.window + ["--format", "json"] + arguments)
        #expect(run.termination == .exited(0))
        return try #require(try JSONSerialization.jsonObject(with: Data(run.standardOutputBytes)) as? [String: Any])
    }

    @Test func `one fault on forty VMs in two languages is one line without VM names`() async throws {
        try await withHistory { polled in
            let errors = try #require(try await json(polled)["errors"] as? [[String: Any]])
            #expect(errors.map { $0["count"] as? Int } == [40, 1, 1])
            #expect(errors[0]["virtual_machines"] as? Int == 40)
            #expect((errors[0]["cause"] as? [String: Any])?["name"] as? String == "perl-missing")
            let message = try #require(errors[0]["message"] as? String)
            #expect(polled.vCenter.virtualMachines.allSatisfy { !message.contains($0.name) })
            #expect(errors.dropFirst().map { $0["message"] as? String }.contains("No Perl here"))
            let table = try await report(polled, "--by", "error").standardOutput
            #expect(table.contains("\n      40     40  "))
            #expect(table.contains("\n probable cause  perl-missing: The guest has no Perl"))
            #expect(table.contains("unknown: no cause is known for this error"))
        }
    }

    @Test func `--by cause adds up the errors of a cause in every format`() async throws {
        try await withHistory { polled in
            let causes = try #require(try await json(polled)["by_cause"] as? [[String: Any]])
            #expect(causes.map { $0["cause"] as? String } == ["perl-missing", nil])
            #expect(causes.map { $0["count"] as? Int } == [41, 1])
            #expect(causes.map { $0["virtual_machines"] as? Int } == [41, 1])
            #expect(causes.map { $0["errors"] as? Int } == [2, 1])
            let table = try await report(polled, "--by", "cause").standardOutput
            #expect(table.contains("\n      41     41  perl-missing: "))
            #expect(table.contains("- Install perl in the template"))
            let csv = try await report(polled, "--by", "cause", "--format", "csv").standardOutput
            #expect(
                csv.hasPrefix(
                    "cause,probable_cause,failed,virtual_machines,errors,first,last,log_files\r\nperl-missing,"))
            let markdown = try await report(polled, "--by", "cause", "--format", "markdown").standardOutput
            #expect(markdown.contains("| 41 | 41 | 2 | perl-missing: "))
        }
    }

    @Test func `--error lists the VMs of one error by its identifier, cause or text`() async throws {
        try await withHistory { polled in
            for meant in ["com.vmware.x.command_failed", "command_failed", "exited with code 127"] {
                let vms = try await json(polled, "--error", meant)
                let listed = try #require(vms["virtual_machines"] as? [[String: Any]])
                #expect(listed.count == 40, "\(meant)")
                #expect(
                    listed.allSatisfy {
                        ($0["matched_error"] as? [String: Any])?["id"] as? String == "com.vmware.x.command_failed"
                    })
                #expect((vms["summary"] as? [String: Any])?["virtual_machines"] as? Int == 60)
            }
            let causes = try await json(polled, "--error", "perl-missing")
            #expect((causes["virtual_machines"] as? [Any])?.count == 41)
            let one = try await report(polled, "--error", "thumbprint").standardOutput
            #expect(one.contains("Communication error: thumbprint mismatch"))
            #expect(one.contains(polled.vCenter.virtualMachines[41].name))
            #expect(!one.contains(polled.vCenter.virtualMachines[40].name + " "))

            let unknown = try await report(polled, "--error", "perl-mising")
            #expect(unknown.termination == .exited(64))
            #expect(unknown.standardOutput.isEmpty && unknown.standardError.contains("nearest: perl-missing"))
            let none = try await report(polled, "--error", "disk-full")
            #expect(none.termination == .exited(0))
        }
    }

    @Test func `--only failing lists failing VMs, and a large fleet lists only VMs with trouble`() async throws {
        try await withHistory { polled in
            let failing = try await json(polled, "--only", "failing")
            let rows = try #require(failing["virtual_machines"] as? [[String: Any]])
            #expect(rows.count == 41 && rows.allSatisfy { $0["condition"] as? String == "failing" })
            #expect(try await (json(polled, "--only", "recovered")["virtual_machines"] as? [Any])?.count == 1)
            #expect(
                try await (json(polled, "--only", "lost", "--only", "stuck")["virtual_machines"] as? [Any])?.isEmpty
                    == true)
            #expect(try await report(polled, "--only", "broken").termination == .exited(64))

            let table = try await report(polled, environment: ["LANG": "C.UTF-8"]).standardOutput
            #expect(table.hasSuffix("\n  … and 18 VMs without failures\n"))
            #expect(!table.contains("✓"))
        }
    }

    @Test func `signs are ASCII in an ASCII locale, and CSV contains every comparison`() async throws {
        try await withHistory { polled in
            for by in ["vm", "error", "cause", "day", "vcenter"] {
                let plain = try await report(
                    polled, "--by", by, "--limit", "3", environment: ["LC_ALL": "C", "LANG": "C.UTF-8"])
                #expect(plain.standardOutput.utf8.allSatisfy { $0 < 0x80 }, "\(by)")
            }
            #expect(try await report(polled, environment: ["LANG": "C.UTF-8"]).standardOutput.contains("✗ "))
            #expect(try await report(polled).standardOutput.contains("\nx "))
            let compared = try await report(polled, "--format", "csv", "--compare")
            #expect(compared.termination == .exited(64) && compared.standardOutput.isEmpty)
            let help = try await report(polled, "--help").standardOutput
            #expect(
                help.split(whereSeparator: \.isWhitespace).joined(separator: " ").contains("formula is prefixed with '")
            )
        }
    }

    @Test func `a page has no long line and names its vCenter`() async throws {
        try await withHistory { polled in
            let page = try await report(polled, "--format", "html").standardOutput
            #expect(page.split(separator: "\n").map(\.utf8.count).max() ?? 0 <= 900)
            #expect(page.contains("<p>vCenter <strong><bdi>localhost"))
        }
    }
}

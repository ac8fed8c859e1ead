import Foundation
import GRDB
import GuestCustomization
import Synchronization
import Testing
import VCenterSimulator

/// Cron sends mail when a trouble begins, once a day while it lasts, and when it is over.
@Suite struct CronMailTests {
    /// Moves the record of reported troubles back by `hours`.
    private func letPass(hours: Int64, in polled: PolledVCenter) throws {
        let path = polled.database + "-told"
        let text = try String(contentsOfFile: path, encoding: .utf8)
        let older = text.replacing(/"(began|told|met)":(\d+)/) { match in
            "\"\(match.1)\":\((Int64(match.2) ?? 0) - hours * 3_600_000)"
        }
        #expect(older != text)
        try older.write(toFile: path, atomically: false, encoding: .utf8)
    }

    @Test func `a trouble is reported when it begins, once a day while it lasts and when it is over`() async throws {
        try await PolledVCenter.with(vms: 30) { polled in
            // Each run has another count, and each message another VM.
            func fail(_ count: Int) {
                polled.vCenter.removeFaults()
                for index in 0..<count {
                    let vm = polled.vm(index)
                    polled.vCenter.inject(.answer(400, body: "no disk for \(vm)")) { $0.vm == vm }
                }
            }
            fail(20)
            let first = try await polled.history("collect")
            expectOneLine(first, 3, "20 of 30 polls got no answer: 20 no disk for ...")
            for count in [19, 5] {
                fail(count)
                let next = try await polled.history("collect")
                #expect(next.termination == .exited(3) && next.standardError.isEmpty)
            }
            try letPass(hours: 24, in: polled)
            expectOneLine(try await polled.history("collect"), 3, "5 of 30 polls", "(for 1 d now)")
            #expect(try await polled.history("collect").standardError.isEmpty)
            polled.vCenter.removeFaults()
            try letPass(hours: 3, in: polled)
            expectOneLine(try await polled.history("collect"), 0, "\(polled.name): back to normal after 1 d 3 h")
            #expect(try await polled.history("collect").standardError.isEmpty)
        }
    }

    @Test func `an unreachable vCenter is reported once, and another trouble at once`() async throws {
        try await PolledVCenter.with { polled in
            polled.vCenter.inject(.answer(503)) { $0.kind == .session && $0.method == "POST" }
            expectOneLine(try await polled.history("collect"), 69, "did not accept the login (HTTP 503)")
            for _ in 0..<2 {
                let next = try await polled.history("collect")
                #expect(next.termination == .exited(69) && next.standardError.isEmpty)
            }
            polled.vCenter.removeFaults()
            polled.vCenter.inject(.answer(500)) { $0.kind == .virtualMachineList }
            #expect(try await polled.history("collect").standardError.split(separator: "\n").count == 1)
            polled.vCenter.removeFaults()
            expectOneLine(try await polled.history("collect"), 0, "back to normal after")
        }
    }

    @Test func `an unverified certificate is reported once, also with --quiet`() async throws {
        try await PolledVCenter.with { polled in
            let environment = ["GOVC_TLS_CA_CERTS": "", "GOVC_INSECURE": "true"]
            expectOneLine(try await polled.history("collect", "--quiet", environment: environment), 0, "not verified")
            let next = try await polled.history("collect", environment: environment)
            #expect(next.termination == .exited(0) && next.standardError.isEmpty)
            try letPass(hours: 24, in: polled)
            expectOneLine(try await polled.history("collect", environment: environment), 0, "not verified")
            #expect(try await polled.history("collect").standardError.isEmpty)
        }
    }

    @Test func `a terminal and --verbose show every message`() async throws {
        try await PolledVCenter.with { polled in
            let vm = polled.vm(0)
            polled.vCenter.inject(.answer(500, body: "oops")) { $0.vm == vm }
            for _ in 0..<2 {
                let verbose = try await polled.history("collect", "--verbose")
                #expect(verbose.standardError.contains("1 of 3 polls got no answer"))
                let terminal = try await polled.history("collect", standardError: .terminal(columns: 200))
                #expect(terminal.standardError.contains("1 of 3 polls got no answer"))
            }
            // Output on a terminal does not count as a report to cron.
            expectOneLine(try await polled.history("collect"), 3, "1 of 3 polls got no answer")
        }
    }

    @Test func `another run is reported only if it takes longer than three usual runs`() async throws {
        try await PolledVCenter.with { polled in
            for _ in 0..<3 { try await polled.collect() }
            let hung = polled.vm(0)
            polled.vCenter.inject(.delay(.seconds(3600), then: nil)) { $0.vm == hung }
            let run = try await polled.history("collect", "--timeout", "2h") { running in
                try await polled.vCenter.waitUntil { $0.requests[.customizationLive] == 16 }
                try polled.change("UPDATE collection_run SET finished_ms = started_ms + 600000 WHERE id <= 3")
                try polled.change("UPDATE collection_run SET started_ms = started_ms - 1790000 WHERE id = 4")
                let young = try await polled.history("collect")
                #expect(young.termination == .exited(75) && young.standardError.isEmpty)
                try polled.change("UPDATE collection_run SET started_ms = started_ms - 20000 WHERE id = 4")
                expectOneLine(try await polled.history("collect"), 75, "another run", "for 30 m", "is it hanging?")
                let next = try await polled.history("collect")
                #expect(next.termination == .exited(75) && next.standardError.isEmpty)
                try running.send(.terminate)
            }
            #expect(run.termination == .exited(128 + SIGTERM))
        }
    }

    @Test func `a --vm that matches no VM is reported once`() async throws {
        try await PolledVCenter.with { polled in
            expectOneLine(
                try await polled.history("collect", "--vm", "wbe-*"), 3, "--vm 'wbe-*'", "no listed VM")
            let next = try await polled.history("collect", "--vm", "wbe-*")
            #expect(next.termination == .exited(3) && next.standardError.isEmpty)
        }
    }

    @Test func `a VM that only one of several vCenters has is not reported`() async throws {
        try await PolledVCenter.with { polled in
            try await PolledVCenter.withOthers(1) { others in
                try polled.vCenter.renameVirtualMachine(polled.vm(0), to: "only here")
                let environment = try polled.configure([
                    ("vc1", others[0], others[0].password), ("vc2", polled.vCenter, polled.vCenter.password),
                ])
                let run = try await polled.history(
                    "collect", "--config", "vcenters.yaml", "--vm", "only here", environment: environment)
                #expect(run.termination == .exited(0) && run.standardError.isEmpty)
                #expect(try polled.sql("SELECT vm_name FROM poll_history") == ["only here"])
            }
        }
    }
}

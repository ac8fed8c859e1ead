import Foundation
import GuestCustomization
import Synchronization
import Testing
import VCenterSimulator

@Suite struct CollectTests {
    @Test func `a good run is silent and leaves one poll for each VM`() async throws {
        try await PolledVCenter.with(vms: 40) { polled in
            let run = try await polled.history("collect")
            #expect(run.termination == .exited(0))
            #expect(run.standardOutput.isEmpty)
            #expect(run.standardError.isEmpty)
            #expect(
                try polled.sql("SELECT count(*), count(DISTINCT vm) FROM poll_history WHERE result = 'reported'") == [
                    "40|40"
                ])
            #expect(
                try polled.sql(
                    "SELECT vcenter, endpoint, outcome, vms, polls, failed_polls FROM collection_run_history")
                    == ["\(polled.name)|customization-live|complete|40|40|0"])
            let activity = polled.vCenter.activity
            #expect(activity.logins == 1 && activity.logouts == 1)
            #expect(polled.vCenter.liveSessions == 0)
        }
    }

    @Test func `a run stores the vCenter's answers, errors included`() async throws {
        try await PolledVCenter.with(vms: 2) { polled in
            let message = LocalizableMessage(
                id: "com.vmware.x.failed", defaultMessage: "No Perl in the guest.", args: ["web"])
            try polled.set(
                0, .failed, start: "2026-11-01T08:00:00.250+01:00", end: "2026-11-01T07:01:00.5Z",
                error: .message(message))
            try polled.set(1, .notAvailable)
            try await polled.collect()
            #expect(
                try polled.sql(
                    "SELECT vm, result, status, start_time, end_time, error_id, error_message, http_status FROM poll_history ORDER BY vm"
                )
                    == [
                        "\(polled.vm(0))|reported|FAILED|2026-11-01T07:00:00.250Z|2026-11-01T07:01:00.500Z|com.vmware.x.failed|No Perl in the guest.|200",
                        "\(polled.vm(1))|reported|NOT_AVAILABLE|||||200",
                    ])
            #expect(
                try polled.sql("SELECT outcome, duration_seconds, polls FROM customization_history") == [
                    "failed|60.25|1"
                ])
        }
    }

    @Test func `both endpoints are polled with one listing in one session`() async throws {
        try await PolledVCenter.with(vms: 5) { polled in
            try polled.set(0, .failed, end: "2026-11-01T07:01:00Z", error: .text("sysprep"), endpoint: .customization)
            try await polled.collect("--endpoint", "both")
            #expect(
                try polled.sql("SELECT endpoint, polls FROM collection_run_history ORDER BY run_id")
                    == ["customization-live|5", "customization|5"])
            #expect(
                try polled.sql("SELECT error_id, error_message FROM latest_error WHERE vm = '\(polled.vm(0))'") == [
                    "|sysprep"
                ])
            #expect(polled.vCenter.activity.logins == 1)
            #expect(polled.vCenter.activity.requests[.virtualMachineList] == 1)
        }
    }

    /// The fault of a VM's request and the expected record in the history.
    struct Oddity: Sendable, CustomTestStringConvertible {
        var fault: SimulatedFault
        var expected: String
        var exit: Int32
        var testDescription: String

        init(_ description: String, _ fault: SimulatedFault, _ expected: String, exit: Int32) {
            testDescription = description
            self.fault = fault
            self.expected = expected
            self.exit = exit
        }
    }

    @Test(arguments: [
        Oddity("403", .answer(SimulatedResponse.unauthorized(vm: "vm-1")), "unauthorized|403", exit: 0),
        Oddity("404", .answer(SimulatedResponse.notFound(vm: "vm-1")), "not_found|404", exit: 0),
        Oddity("404 from a proxy", .answer(404, body: "<html>no</html>"), "unavailable|404", exit: 3),
        Oddity("403 from a proxy", .answer(403, body: "<html>no</html>"), "unavailable|403", exit: 3),
        Oddity("Tools not running", .answer(.toolsNotRunning(vm: "vm-1")), "unavailable|503", exit: 0),
        Oddity("401 again and again", .answer(SimulatedResponse.unauthenticated), "unauthenticated|401", exit: 3),
        Oddity("500", .answer(500, body: "oops"), "unavailable|500", exit: 3),
        Oddity(
            "400 with error_type", .answer(400, body: #"{"error_type":"UNABLE_TO_ALLOCATE_RESOURCE"}"#),
            "unavailable|400", exit: 3),
        Oddity("HTML", .answer(200, body: "<html>login</html>"), "invalid|200", exit: 3),
        Oddity("no body", .answer(200), "invalid|200", exit: 3),
        Oddity("status of the wrong type", .answer(200, body: #"{"status":[]}"#), "invalid|200", exit: 3),
        Oddity("unknown status", .answer(200, body: #"{"status":"HIBERNATING"}"#), "reported|200", exit: 0),
        Oddity(
            "duplicate keys", .answer(200, body: #"{"status":"FAILED","status":"FAILED"}"#), "reported|200", exit: 0),
        Oddity(
            "null and unknown fields", .answer(200, body: #"{"status":"RUNNING","start_time":null,"x":[]}"#),
            "reported|200", exit: 0),
        Oddity(
            "fields of the wrong type", .answer(200, body: #"{"status":"RUNNING","start_time":7,"error":false}"#),
            "reported|200", exit: 0),
        Oddity("a byte order mark", .answer(200, body: "\u{FEFF}{\"status\":\"RUNNING\"}"), "reported|200", exit: 0),
        Oddity(
            "a lone surrogate", .answer(200, body: #"{"status":"FAILED","error":{"id":"\ud800"}}"#), "reported|200",
            exit: 0),
        Oddity("trailing bytes", .answer(200, body: #"{"status":"RUNNING"} and more"#), "reported|200", exit: 0),
        Oddity(
            "bytes that are not UTF-8",
            .answer(
                SimulatedResponse(status: 200, body: Array(#"{"status":"FAILED","error":""#.utf8) + [0xFF, 0x22, 0x7D])),
            "reported|200", exit: 0),
        Oddity(
            "deep nesting",
            .answer(
                200,
                body: #"{"x":"# + String(repeating: "[", count: 100_000) + String(repeating: "]", count: 100_000)
                    + #","status":"RUNNING"}"#), "reported|200", exit: 0),
        Oddity(
            "a body over 1 MiB", .answer(200, body: String(repeating: " ", count: 2 << 20) + #"{"status":"RUNNING"}"#),
            "invalid|200", exit: 3),
        Oddity("redirect", .redirect(to: "https://127.0.0.1:1/"), "invalid|302", exit: 3),
        Oddity("gzip", .compressed(.gzip), "reported|200", exit: 0),
        Oddity("deflate", .compressed(.zlib), "reported|200", exit: 0),
        Oddity("raw deflate", .compressed(.rawDeflate), "reported|200", exit: 0),
        Oddity("gzip by another name", .compressed(.gzip, label: "deflate"), "reported|200", exit: 0),
        Oddity("raw deflate by another name", .compressed(.rawDeflate, label: "gzip"), "reported|200", exit: 0),
        Oddity(
            "gzip that is none", .answer(200, headers: [("Content-Encoding", "gzip")], body: #"{"status":"RUNNING"}"#),
            "reported|200", exit: 0),
        Oddity(
            "a bomb",
            .answer(
                SimulatedResponse(status: 200, body: [UInt8](repeating: UInt8(ascii: " "), count: 256 << 20))
                    .compressed(.gzip)), "invalid|200", exit: 3),
        Oddity(
            "gzip cut short",
            .answer(
                SimulatedResponse(
                    status: 200, headers: [("Content-Encoding", "gzip")],
                    body: SimulatedCompression.gzip.compressing(Array(#"{"status":"RUNNING"}"#.utf8)).dropLast(3))),
            "invalid|200", exit: 3),
        Oddity(
            "brotli", .answer(200, headers: [("Content-Encoding", "br")], body: "\u{1B}\u{3}"), "invalid|200", exit: 3),
        Oddity("endless body", .endlessBody, "invalid|200", exit: 3),
        Oddity("no HTTP", .bytes(Array("SSH-2.0-OpenSSH_9.2\r\n".utf8)), "invalid|", exit: 3),
    ])
    func `one VM's odd answer is recorded, and every other VM's good one`(oddity: Oddity) async throws {
        try await PolledVCenter.with(vms: 6) { polled in
            let odd = polled.vm(3)
            polled.vCenter.inject(oddity.fault) { $0.vm == odd && $0.kind == .customizationLive }
            let run = try await polled.history("collect")
            #expect(run.termination == .exited(oddity.exit))
            #expect(
                try polled.sql("SELECT result, http_status FROM poll_history WHERE vm = '\(odd)'") == [oddity.expected])
            #expect(
                try polled.sql("SELECT count(*) FROM poll_history WHERE vm <> '\(odd)' AND result = 'reported'") == [
                    "5"
                ])
            #expect(run.standardError.isEmpty == (oddity.exit == 0))
            #expect(run.standardError.split(separator: "\n").count <= 1)
            #expect(polled.vCenter.liveSessions == 0)
        }
    }

    @Test(arguments: [
        Oddity("503", .answer(SimulatedResponse.serviceUnavailable()), "unavailable|503", exit: 3),
        Oddity("504", .answer(SimulatedResponse.timedOut), "timed_out|504", exit: 3),
        Oddity("429", .answer(429), "unavailable|429", exit: 3),
        Oddity("502 from a proxy", .answer(502, body: "<h1>Bad Gateway</h1>"), "unavailable|502", exit: 3),
        Oddity("reset", .reset, "unreachable|", exit: 3),
        Oddity("reset after the headers", .resetAfterHeaders, "unreachable|", exit: 3),
        Oddity("closed", .closeWithoutAnswer, "unreachable|", exit: 3),
        Oddity("cut body", .cutBody(afterBytes: 5), "unreachable|", exit: 3),
        Oddity("never", .neverAnswer, "timed_out|", exit: 3),
        Oddity("drip", .drip(every: .milliseconds(400)), "timed_out|", exit: 3),
    ])
    func `a request that met temporary trouble is repeated, and lasting trouble is recorded`(oddity: Oddity)
        async throws
    {
        try await PolledVCenter.with(vms: 2) { polled in
            let odd = polled.vm(0)
            polled.vCenter.inject(oddity.fault) { $0.vm == odd }
            let run = try await polled.history("collect", "--timeout", "1s")
            #expect(run.termination == .exited(oddity.exit))
            #expect(
                try polled.sql("SELECT result, http_status FROM poll_history WHERE vm = '\(odd)'") == [oddity.expected])
            #expect(try polled.sql("SELECT result FROM poll_history WHERE vm = '\(polled.vm(1))'") == ["reported"])

            polled.vCenter.removeFaults()
            polled.vCenter.inject(oddity.fault, times: 1) { $0.vm == odd }
            try await polled.collect("--timeout", "1s")
            #expect(polled.vCenter.liveSessions == 0)
        }
    }

    @Test func `compressed answers are read`() async throws {
        try await PolledVCenter.with(vms: 300, adjusting: { $0.compressesAnswers = true }) { polled in
            let run = try await polled.history("collect")
            #expect(run.termination == .exited(0))
            #expect(
                try polled.sql("SELECT count(*) FROM poll_history WHERE result = 'reported'") == ["300"])
            #expect(try polled.sql("SELECT count(*) FROM answer WHERE substr(raw, 1, 1) <> '{'") == ["0"])
        }
    }

    @Test func `an expired session causes one new login, however many polls find it expired`() async throws {
        try await PolledVCenter.with(vms: 60) { polled in
            polled.vCenter.inject(.endAllSessions, times: 1) { [vm = polled.vm(30)] in $0.vm == vm }
            let run = try await polled.history("collect")
            #expect(run.termination == .exited(0))
            #expect(try polled.sql("SELECT count(*) FROM poll_history WHERE result = 'reported'") == ["60"])
            #expect(polled.vCenter.activity.logins == 2)
            #expect(polled.vCenter.liveSessions == 0)
        }
    }

    @Test func `more VMs than one listing may hold are listed host by host`() async throws {
        try await PolledVCenter.with(vms: 300, adjusting: { $0.virtualMachineLimit = 100 }) { polled in
            let run = try await polled.history("collect")
            #expect(run.termination == .exited(0))
            #expect(try polled.sql("SELECT count(DISTINCT vm) FROM poll_history") == ["300"])
        }
    }

    @Test func `the VMs of all other hosts are polled when a host is removed during the run`() async throws {
        try await PolledVCenter.with(vms: 300, adjusting: { $0.virtualMachineLimit = 100 }) { polled in
            let first = try await polled.history("collect")
            #expect(first.termination == .exited(0))
            let gone = polled.vCenter.hosts[0]
            polled.vCenter.inject(.answer(SimulatedResponse.notFound(vm: gone.id))) { $0.query["hosts"] == [gone.id] }
            try await polled.collect()
            let others = polled.vCenter.virtualMachines.filter { $0.host.id != gone.id }.count
            #expect(others < 300)
            #expect(try polled.sql("SELECT polls FROM collection_run_history WHERE run_id = 2") == ["\(others)"])
            // Its VMs may be on other hosts by now.
            #expect(
                try polled.sql("SELECT count(*) FROM virtual_machine_listing WHERE gone_run_id IS NULL") == ["300"])
        }
    }

    @Test func `every VM that a listing names is polled, and unreadable elements are reported`() async throws {
        try await PolledVCenter.with(vms: 3) { polled in
            try await polled.collect()
            polled.vCenter.inject(
                .answer(200, body: #"[{"name":"no id"},{"vm":7},null,{"vm":"\#(polled.vm(1))"},{"vm":"\u001b[2J"}]"#),
                times: 1
            ) { $0.kind == .virtualMachineList }
            let run = try await polled.history("collect")
            #expect(run.termination == .exited(3))
            #expect(run.standardError.contains("without a usable managed object id (4)"))
            #expect(
                try polled.sql("SELECT outcome, vms, polls FROM collection_run_history WHERE run_id = 2") == [
                    "partial|1|1"
                ])
            // The unreadable elements may stand for the others.
            #expect(try polled.sql("SELECT count(*) FROM virtual_machine_listing WHERE gone_run_id IS NULL") == ["3"])

            polled.vCenter.inject(.answer(200, body: "[{}]"), times: 1) { $0.kind == .virtualMachineList }
            let none = try await polled.history("collect")
            #expect(none.termination == .exited(69))
            #expect(none.standardError.contains("not the list that vCenter documents"))
        }
    }

    @Test func `a session token that the server repeats stays out of the history`() async throws {
        try await PolledVCenter.with(vms: 2) { polled in
            let seen = Mutex<String?>(nil)
            polled.vCenter.inject(.echo(status: 400)) { request in
                guard request.kind == .customizationLive else { return false }
                seen.withLock { $0 = request.header("vmware-api-session-id") }
                return true
            }
            let run = try await polled.history("collect", "--verbose")
            let token = try #require(seen.withLock { $0 })
            #expect(run.termination == .exited(3))
            let repeated = try polled.sql("SELECT DISTINCT error_message FROM poll_history")
            #expect(repeated.count == 1 && repeated[0].contains("vmware-api-session-id: <redacted>"))
            #expect(try polled.sql("SELECT count(*) FROM answer WHERE instr(raw, '\(token)')") == ["0"])
            #expect(!run.standardError.contains(token))
        }
    }

    @Test func `a login that the server repeats stays out of messages and history`() async throws {
        try await PolledVCenter.with(vms: 1) { polled in
            polled.vCenter.inject(.echo(status: 400)) { $0.kind == .session && $0.method == "POST" }
            let run = try await polled.history("collect", "--verbose")
            #expect(run.termination == .exited(69))
            let login = Data("\(polled.vCenter.user):\(polled.vCenter.password)".utf8).base64EncodedString()
            let recorded = try polled.sql("SELECT failure FROM collection_run").joined()
            for told in [run.standardError, recorded] {
                #expect(told.contains("did not accept the login (HTTP 400)"))
                #expect(!told.contains(login) && !told.contains("authorization"))
            }
        }
    }

    @Test func `a renamed VM keeps its history`() async throws {
        try await PolledVCenter.with(vms: 1) { polled in
            try await polled.collect()
            try polled.vCenter.renameVirtualMachine(polled.vm(0), to: "renamed")
            try await polled.collect()
            #expect(try polled.sql("SELECT DISTINCT vm_name FROM poll_history") == ["renamed"])
            #expect(try polled.sql("SELECT count(*) FROM virtual_machine_name") == ["2"])
        }
    }

    @Test func `only the VMs selected by id, name or glob are polled`() async throws {
        try await PolledVCenter.with(vms: 5) { polled in
            try polled.vCenter.renameVirtualMachine(polled.vm(1), to: "db [1]")
            try polled.vCenter.renameVirtualMachine(polled.vm(2), to: "web-front")
            _ = try await polled.history("collect", "--vm", polled.vm(0), "--vm", "db [1]", "--vm", "web-fr*")
            #expect(
                try polled.sql("SELECT vm FROM poll_history ORDER BY vm") == (0...2).map { polled.vm($0) }.sorted())
        }
    }

    @Test func `the progress bar is shown on a terminal only`() async throws {
        try await PolledVCenter.with(vms: 5) { polled in
            let run = try await polled.history("collect", standardError: .terminal(columns: 100))
            #expect(run.standardError.contains("5/5 polls"))
            let narrow = try await polled.history(
                "collect", environment: ["LANG": "C.UTF-8"], standardError: .terminal(columns: 50))
            let drawn = narrow.standardError.components(separatedBy: "\r\u{1B}[2K")
            #expect(drawn.contains { $0.hasPrefix("\(polled.name) customization-live █") && $0.hasSuffix("…") })
            #expect(drawn.allSatisfy { $0.count < 50 })
            #expect(run.standardOutput.isEmpty)
            let quiet = try await polled.history("collect", "--quiet", standardError: .terminal(columns: 100))
            #expect(quiet.standardError.isEmpty)
        }
    }

    @Test(arguments: [SIGTERM, SIGINT, SIGHUP])
    func `a run stopped by a signal keeps its polls, is marked interrupted and logs out`(signal: CInt) async throws {
        try await PolledVCenter.with(vms: 30) { polled in
            let hung = Set((10..<30).map { polled.vm($0) })
            polled.vCenter.inject(.neverAnswer) { $0.vm.map(hung.contains) == true }
            let run = try await polled.history("collect") { running in
                try await polled.vCenter.waitUntil { $0.openRequests == 16 }
                try running.send(.init(rawValue: signal))
            }
            #expect(run.termination == .exited(128 + signal))
            #expect(try polled.sql("SELECT outcome, polls FROM collection_run_history") == ["interrupted|10"])
            #expect(try polled.sql("SELECT count(*) FROM poll_history WHERE result = 'reported'") == ["10"])
            #expect(polled.vCenter.liveSessions == 0)
        }
    }

    @Test func `a killed run loses at most one second of polls, and the next run reports it`() async throws {
        try await PolledVCenter.with(vms: 30, mayLeaveSessions: true) { polled in
            let hung = polled.vm(29)
            polled.vCenter.inject(.neverAnswer, times: 1) { $0.vm == hung }
            let run = try await polled.history("collect") { running in
                try await polled.waitUntil("SELECT polls FROM collection_run_history", is: ["29"])
                try running.send(.kill)
            }
            #expect(run.termination == .signaled(SIGKILL))
            try await polled.collect()
            #expect(
                try polled.sql("SELECT outcome, polls FROM collection_run_history ORDER BY run_id")
                    == ["interrupted|29", "complete|30"])
            #expect(try polled.sql("PRAGMA integrity_check") == ["ok"])
        }
    }
}

import Foundation
import GuestCustomization
import Synchronization
import TestSupport
import Testing
import VCenterSimulator

/// `collect` as cron, systemd and containers run it.
@Suite struct UnattendedCollectTests {
    @Test func `a run gives way to one that holds the vCenter and takes over the claim of a killed one`() async throws {
        try await PolledVCenter.with(vms: 3, mayLeaveSessions: true) { polled in
            let hung = polled.vm(0)
            polled.vCenter.inject(.neverAnswer, times: 1) { $0.vm == hung }
            let killed = try await polled.history("collect") { running in
                try await polled.vCenter.waitUntil { $0.requests[.customizationLive] == 4 }
                let second = try await polled.history("collect")
                #expect(second.termination == .exited(75) && second.standardError.isEmpty)
                expectOneLine(try await polled.history("collect", "--verbose"), 75, polled.name, "another run")
                let elsewhere = try await polled.history("collect", "--database", polled.directory.path("other.db"))
                #expect(elsewhere.termination == .exited(0))
                try running.send(.kill)
            }
            #expect(killed.termination == .signaled(SIGKILL))
            try await polled.collect()
        }
    }

    private func untilFirstRunEnded(_ polled: PolledVCenter) async throws {
        try await polled.waitUntil("SELECT outcome FROM collection_run_history WHERE run_id = 1", is: ["complete"])
    }

    @Test func `--follow polls unfinished customizations until they end`() async throws {
        try await PolledVCenter.with(vms: 3) { polled in
            try polled.set(0, .running, start: "2026-11-01T08:00:00Z")
            try polled.set(1, .succeeded, start: "2026-11-01T08:00:00Z", end: "2026-11-01T08:01:00Z")
            try polled.set(2, .notAvailable)
            let run = try await polled.history("collect", "--follow") { _ in
                try await untilFirstRunEnded(polled)
                try polled.set(0, .failed, start: "2026-11-01T08:00:00Z", end: "2026-11-01T08:02:00Z")
            }
            #expect(run.termination == .exited(0))
            let runs = try polled.sql("SELECT polls, vms FROM collection_run_history ORDER BY run_id")
            #expect(runs.first == "3|3" && runs.count > 1)
            #expect(runs.dropFirst().allSatisfy { $0 == "1|1" })
            #expect(
                try polled.sql("SELECT outcome FROM customization_history WHERE vm = '\(polled.vm(0))'") == ["failed"])
            #expect(polled.vCenter.activity.logins == 1 && polled.vCenter.liveSessions == 0)
        }
    }

    @Test func `--follow keeps polling a VM that gives no answer and warns once`() async throws {
        try await PolledVCenter.with(vms: 2) { polled in
            try polled.set(0, .running, start: "2026-11-01T08:00:00Z")
            let vm = polled.vm(0)
            let run = try await polled.history("collect", "--follow", "--timeout", "1s") { _ in
                try await untilFirstRunEnded(polled)
                // A request with the answer 400 is not repeated.
                polled.vCenter.inject(.answer(400), times: 2) { $0.vm == vm && $0.kind == .customizationLive }
                try await polled.vCenter.waitUntil { $0.requests[.customizationLive, default: 0] >= 5 }
                try polled.set(0, .succeeded, start: "2026-11-01T08:00:00Z", end: "2026-11-01T08:02:00Z")
            }
            #expect(run.termination == .exited(3))
            #expect(run.standardError.components(separatedBy: "1 of 1 polls got no answer").count == 2)
            #expect(try polled.sql("SELECT outcome FROM customization_history WHERE vm = '\(vm)'") == ["succeeded"])
            // On a busy machine, a poll may time out too, or the VM is asked once more before it succeeds.
            let results = try polled.sql("SELECT result FROM poll_history WHERE vm = '\(vm)' ORDER BY run_id")
            #expect(results.first == "reported" && results.last == "reported")
            #expect(results.count { $0 != "reported" } >= 2)
        }
    }

    @Test func `--every survives a failed pass and exits with 0 when stopped`() async throws {
        try await PolledVCenter.with(vms: 2) { polled in
            polled.vCenter.inject(.answer(500), times: 1) { $0.kind == .session }
            let run = try await polled.history("collect", "--every", "1s") { running in
                try await polled.vCenter.waitUntil { $0.logouts >= 2 }
                try running.send(.terminate)
            }
            #expect(run.termination == .exited(0))
            let outcomes = try polled.sql("SELECT outcome FROM collection_run_history ORDER BY run_id")
            #expect(outcomes.starts(with: ["failed", "complete", "complete"]))
            let starts = try polled.sql("SELECT started_ms FROM collection_run ORDER BY id").compactMap { Int($0) }
            #expect(zip(starts, starts.dropFirst()).allSatisfy { $0 < $1 })
            #expect(polled.vCenter.liveSessions == 0)
        }
    }

    @Test func `collect continues although its messages cannot be written`() async throws {
        try await PolledVCenter.with(vms: 5) { polled in
            let run = try await polled.shell("\"$0\" collect --verbose 2>/dev/full; echo $?")
            #expect(run.standardOutput == "0\n")
            #expect(try polled.sql("SELECT outcome, polls FROM collection_run_history") == ["complete|5"])
        }
    }

    @Test func `a user who may not raise priorities leaves no word about that in syslog`() async throws {
        try await PolledVCenter.with(vms: 1) { polled in
            let refusal = "-e inject=setpriority:error=EACCES"
            let run = try await polled.shell(
                "exec strace -f -qq -o trace -e trace=connect,setpriority \(refusal) \"$0\" collect")
            #expect(run.termination == .exited(0), "\(run.standardError)")
            let trace = try polled.directory.read("trace")
            #expect(trace.contains("EACCES") && !trace.contains("/dev/log"), "\(trace)")
        }
    }

    @Test func `collect notifies systemd that it is ready and alive`() async throws {
        try await PolledVCenter.with(vms: 1) { polled in
            let path = polled.directory.path("notify")
            let socket = try DatagramSocket(path: path)
            let run = try await polled.history(
                "collect", "--every", "1h", environment: ["NOTIFY_SOCKET": path, "WATCHDOG_USEC": "200000"]
            ) { running in
                #expect(socket.receive() == "READY=1")
                #expect(socket.receive() == "WATCHDOG=1")
                #expect(socket.receive() == "WATCHDOG=1")
                try running.send(.terminate)
            }
            #expect(run.termination == .exited(0))
            #expect(try polled.sql("SELECT count(*) FROM collection_run") == ["1"], "the next pass is an hour away")
        }
    }

    @Test func `collect does not notify systemd while a pass hangs`() async throws {
        try await PolledVCenter.with(vms: 1) { polled in
            polled.vCenter.inject(.neverAnswer) { $0.kind == .customizationLive }
            let path = polled.directory.path("notify")
            let socket = try DatagramSocket(path: path)
            let run = try await polled.history(
                "collect", "--every", "1h", "--timeout", "1h",
                environment: ["NOTIFY_SOCKET": path, "WATCHDOG_USEC": "200000"]
            ) { running in
                try await polled.vCenter.waitUntil { $0.requests[.customizationLive] == 1 }
                #expect(socket.receive() == "READY=1")
                #expect(socket.receive() == "WATCHDOG=1")
                // Notifications would arrive five times a second. If they never ceased, the run's time limit would expire.
                while socket.receive(within: 1000) != "" {}
                try running.send(.terminate)
            }
            #expect(run.termination == .exited(0))
        }
    }

    @Test func `a run that expires before its first poll fails and records why`() async throws {
        try await PolledVCenter.with(vms: 3) { polled in
            polled.vCenter.inject(.neverAnswer) { $0.kind == .virtualMachineList }
            let run = try await polled.history("collect", "--run-timeout", "4s")
            expectOneLine(run, 69, "the run's time limit of 4s expired", "the list of VMs was not there yet")
            let recorded = "SELECT outcome, failure LIKE '%the run''s time limit of 4s expired%' FROM collection_run"
            #expect(try polled.sql(recorded) == ["failed|1"])
        }
    }

    @Test func `a run that expires keeps its polls`() async throws {
        try await PolledVCenter.with(vms: 3) { polled in
            let hung = polled.vm(2)
            polled.vCenter.inject(.neverAnswer) { $0.vm == hung }
            let run = try await polled.history("collect", "--run-timeout", "2s")
            #expect(run.termination == .exited(3))
            #expect(run.standardError.contains("stopped after 2 of 3 VMs"))
            #expect(
                try polled.sql("SELECT outcome, polls, failure FROM collection_run") == [
                    "interrupted|2|the run's time limit of 2s expired; 2 of 3 VMs were polled"
                ])
            #expect(polled.vCenter.liveSessions == 0)
        }
    }

    @Test func `the identity of each VM is requested once, and a VM registered again is recognized`() async throws {
        try await PolledVCenter.with(vms: 3) { polled in
            polled.hideVIJSON()
            try await polled.collect()
            try await polled.collect()
            #expect(polled.vCenter.activity.requests[.virtualMachine] == 3)
            try polled.vCenter.reregisterVirtualMachine(polled.vm(0))
            try await polled.collect()
            #expect(polled.vCenter.activity.requests[.virtualMachine] == 4)
            #expect(
                try polled.sql("SELECT count(*), count(DISTINCT instance_uuid) FROM virtual_machine") == ["4|3"])
            let ids = try polled.sql(
                "SELECT moid FROM virtual_machine GROUP BY instance_uuid HAVING count(*) > 1")
            let shown = try await polled.history("show", ids[0]).standardOutput
            #expect(shown.contains("also as") && shown.contains("vm-"))
        }
    }

    @Test func `a run records the offset of the vCenter's clock`() async throws {
        let clock: @Sendable () -> Timestamp = { Timestamp.now().advanced(bySeconds: 90) }
        try await PolledVCenter.with(vms: 1, adjusting: { $0 = PolledVCenter.options(vms: 1, clock: clock) }) {
            polled in
            try await polled.collect()
            let offset = try Int(polled.sql("SELECT clock_offset_ms FROM collection_run")[0])
            #expect((88_000...92_000).contains(offset ?? 0))
            let runs = try await polled.history("runs").standardOutput
            #expect(runs.contains("the vCenter's clock is 1m"))
        }
    }

    @Test func `collect polls all vCenters of a configuration file although one fails`() async throws {
        try await PolledVCenter.with(vms: 2) { polled in
            try await polled.withAnother { other in
                let directory = polled.directory
                try directory.write("password", polled.vCenter.password)
                try directory.write("wrong", "not it")
                try directory.write(
                    "config.yaml",
                    """
                    defaults: {username: \(polled.vCenter.user), ca_certificates: [ca.pem, other.pem]}
                    vcenters:
                      - {name: locked, url: "\(other.vCenter.url)", password_file: wrong}
                      - {name: good, url: "\(polled.vCenter.url)", password_file: password, endpoints: both}
                    """)
                let environment = ["GOVC_URL": "", "XDG_CONFIG_HOME": "/nonexistent"]
                let run = try await polled.history("collect", "--config", "config.yaml", environment: environment)
                #expect(run.termination == .exited(77))
                #expect(
                    try polled.sql(
                        "SELECT vcenter, endpoint, outcome FROM collection_run_history ORDER BY vcenter, run_id") == [
                            "good|customization-live|complete", "good|customization|complete",
                            "locked|customization-live|failed",
                        ])
                let check = try await polled.history(
                    "config", "check", "--config", "config.yaml", environment: environment)
                #expect(check.termination == .exited(0))
                #expect(check.standardOutput.contains("good") && check.standardOutput.contains("locked"))
                #expect(!check.standardOutput.contains(polled.vCenter.password))

                try directory.write("config.yaml", "vcenters:\n  - url: x\n    pasword_file: y\n")
                let misspelt = try await polled.history(
                    "config", "check", "--config", "config.yaml", environment: environment)
                #expect(misspelt.termination == .exited(78))
                #expect(
                    misspelt.standardError.contains("config.yaml:3") && misspelt.standardError.contains("password_file")
                )
            }
        }
    }

    @Test func `--log-format json writes messages as JSON`() async throws {
        struct Line: Decodable {
            var time, level, message, vcenter, endpoint, reasons: String
            var failed, polled: Int
        }
        try await PolledVCenter.with(vms: 2) { polled in
            polled.vCenter.inject(.answer(500, body: "\u{1B}[2Joops")) { [vm = polled.vm(0)] in $0.vm == vm }
            let run = try await polled.history("collect", "--log-format", "json")
            let line = try JSONDecoder().decode(Line.self, from: Data(run.standardErrorBytes))
            #expect(line.level == "warning")
            #expect(line.message == "{vcenter} {endpoint}: {failed} of {polled} polls got no answer: {reasons}")
            #expect(line.vcenter == polled.name && line.endpoint == "customization-live")
            #expect(line.failed == 1 && line.polled == 2)
            #expect(line.reasons.hasPrefix("1 "))
            let plain = try await polled.history("collect", "--database", polled.directory.path("plain.db"))
            #expect(
                plain.standardError.hasPrefix(
                    "history: \(polled.name) customization-live: 1 of 2 polls got no answer: 1 "))
            #expect(!plain.standardError.contains("\u{1B}"))
        }
    }
}

/// The socket of a service manager.
private final class DatagramSocket: Sendable {
    private let descriptor: Int32

    init(path: String) throws {
        descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: Array(path.utf8)) }
        let isBound = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) == 0
            }
        }
        guard isBound else { throw SystemCallFailed("bind") }
    }

    deinit { close(descriptor) }

    /// The next message, or an empty string if none arrives within this time in milliseconds.
    func receive(within limit: Int32 = 20_000) -> String {
        var waited = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        guard poll(&waited, 1, limit) == 1 else { return "" }
        var buffer = [UInt8](repeating: 0, count: 4096)
        let count = recv(descriptor, &buffer, buffer.count, 0)
        return String(decoding: buffer.prefix(max(0, count)), as: UTF8.self)
    }
}

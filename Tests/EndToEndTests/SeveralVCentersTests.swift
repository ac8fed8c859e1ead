import Foundation
import GuestCustomization
import Testing
import VCenterSimulator

/// Several vCenters are polled concurrently.
@Suite struct SeveralVCentersTests {
    @Test func `a silent vCenter does not delay the others`() async throws {
        try await PolledVCenter.with(vms: 2) { polled in
            try await PolledVCenter.withOthers(3) { others in
                polled.vCenter.inject(.neverAnswer) { $0.kind == .session }
                let environment = try polled.configure(
                    [("silent", polled.vCenter, polled.vCenter.password)]
                        + others.enumerated().map { ("vc\($0)", $1, $1.password) })
                let run = try await polled.history(
                    "collect", "--config", "vcenters.yaml", "--timeout", "3s", environment: environment)
                expectOneLine(run, 69, "no complete answer within 3 s")
                #expect(
                    try polled.sql("SELECT vcenter, outcome, polls FROM collection_run_history ORDER BY vcenter") == [
                        "silent|failed|0", "vc0|complete|3", "vc1|complete|3", "vc2|complete|3",
                    ])
                // The others finished before the silent one was given up, although it comes first.
                #expect(
                    try polled.sql(
                        """
                        SELECT count(*) FROM collection_run AS r, collection_run AS s
                        WHERE s.outcome = 'failed' AND r.outcome = 'complete' AND r.finished_ms < s.finished_ms
                        """) == ["3"])
            }
        }
    }

    @Test func `vCenters share a progress bar, messages have lines of their own, and one line reports the end`()
        async throws
    {
        try await PolledVCenter.with(vms: 60, adjusting: { $0.latency = .milliseconds(20) }) { polled in
            try await PolledVCenter.withOthers(2, vms: 3) { others in
                let (odd, vm) = (others[0], others[0].virtualMachines[0].id)
                odd.inject(.answer(500, body: "oops")) { $0.vm == vm }
                let environment = try polled.configure([
                    ("large", polled.vCenter, polled.vCenter.password), ("odd", odd, odd.password),
                    ("refuses", others[1], "wrong"),
                ])
                let run = try await polled.history(
                    "collect", "--config", "vcenters.yaml", environment: environment,
                    standardError: .terminal(columns: 200))
                #expect(run.termination == .exited(77))
                let lines = run.standardError.split(separator: "\n").map(String.init)
                #expect(lines.count == 3)
                for line in lines {
                    // The rest of a line after its last erasure.
                    let shown = line.components(separatedBy: "\r\u{1B}[2K").last ?? ""
                    #expect(shown.hasPrefix("history: "), "\(line.debugDescription)")
                }
                #expect(run.standardError.contains("2 vCenters #"))
                let end = try #require(lines.last)
                #expect(
                    end.contains(
                        /history: 63 VMs of 2 vCenters polled in \d+\.\d s, 1 without an answer, 1 vCenter not polled$/)
                )
            }
        }
    }

    @Test func `collect on a terminal ends with one line, and with --quiet silently`() async throws {
        try await PolledVCenter.with(vms: 5) { polled in
            let run = try await polled.history("collect", standardError: .terminal(columns: 100))
            #expect(run.standardError.contains(/\r\x1B\[2Khistory: 5 VMs polled in \d+\.\d s\n$/))
            #expect(run.standardError.split(separator: "\n").count == 1)
            let both = try await polled.history(
                "collect", "--endpoint", "both", standardError: .terminal(columns: 100))
            #expect(both.standardError.contains("history: 5 VMs polled in "))
            let quiet = try await polled.history("collect", "--quiet", standardError: .terminal(columns: 100))
            #expect(quiet.standardError.isEmpty)
        }
    }

    @Test func `more than eight vCenters are polled in turn, each once`() async throws {
        try await PolledVCenter.with(vms: 1) { polled in
            try await PolledVCenter.withOthers(10, vms: 1) { others in
                let environment = try polled.configure(others.enumerated().map { ("vc\($0)", $1, $1.password) })
                let run = try await polled.history("collect", "--config", "vcenters.yaml", environment: environment)
                #expect(run.termination == .exited(0) && run.standardError.isEmpty)
                #expect(
                    try polled.sql("SELECT count(DISTINCT vcenter), count(*), sum(polls) FROM collection_run_history")
                        == [
                            "10|10|10"
                        ])
            }
        }
    }
}

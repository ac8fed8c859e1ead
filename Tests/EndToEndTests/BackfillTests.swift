import Foundation
import GuestCustomization
import TestSupport
import Testing
import VCenterSimulator

@Suite struct BackfillTests {
    private static let month = 2_592_000.0

    private static func with(
        vms: Int = 40, adjusting adjust: @escaping (inout SimulatedVCenter.Options) -> Void = { _ in },
        mayLeaveSessions: Bool = false, _ body: (PolledVCenter) async throws -> Void
    ) async throws {
        try await PolledVCenter.with(
            vms: vms, mayLeaveSessions: mayLeaveSessions,
            adjusting: {
                $0.eventsKeptSeconds = month
                adjust(&$0)
            }, body)
    }

    /// The events about customizations that the vCenter keeps.
    private static func events(_ polled: PolledVCenter) -> Int {
        polled.vCenter.events.count { CustomizationEventType.ofCustomizations.map(\.rawValue).contains($0.type) }
    }

    @Test func `all events that a vCenter keeps are recorded once, and read on by later runs`() async throws {
        try await Self.with { polled in
            let first = try await polled.history("backfill")
            #expect(first.termination == .exited(0), "\(first.standardError)")
            let count = Self.events(polled)
            #expect(count > 50)
            #expect(try polled.sql("SELECT count(*) FROM event_history") == ["\(count)"])
            // Older SQLite calls the JSON functions of this view unsafe.
            let query = "SELECT count(user_name) FROM event_history"
            let queried = try await polled.history("sql", "--format", "csv", query)
            #expect(
                queried.standardOutput.split(whereSeparator: \.isNewline).last == "\(count)", "\(queried.standardError)"
            )
            #expect(try await polled.history("backfill").termination == .exited(0))
            #expect(try polled.sql("SELECT count(*) FROM event") == ["\(count)"])
            let runs = try polled.sql("SELECT count(*) FROM collection_run")
            try await polled.collect()
            #expect(try polled.sql("SELECT count(*) FROM event") == ["\(Self.events(polled))"])
            #expect(
                try polled.sql("SELECT count(*) FROM collection_run WHERE endpoint_id <> 3") == ["1"],
                "a run without new events leaves no row; before there were \(runs)")
            let verified = try await polled.history("verify")
            #expect(verified.termination == .exited(0), "\(verified.standardError)")
            let second = try await polled.shell("python3 '\(Repository.path("docs/check_history.py"))' history.db")
            #expect(second.termination == .exited(0), "\(second.standardOutput)\(second.standardError)")
        }
    }

    @Test func `a backfill that is killed in the middle goes on, and nothing is there twice`() async throws {
        // Its customizations go on by its clock, and each brings events.
        let now = Timestamp.now()
        try await Self.with(
            vms: 400,
            adjusting: {
                $0.clock = { now }
                $0.latency = .milliseconds(30)
                $0.apiVersion = "8.0.3.0"
            }, mayLeaveSessions: true
        ) { polled in
            let killed = try await polled.history(["backfill"]) { running in
                try await waitUntil("events are recorded") {
                    (try? polled.sql("SELECT count(*) FROM event").first).flatMap { $0 != "0" } ?? false
                }
                try running.send(.kill)
            }
            #expect(killed.termination == .signaled(SIGKILL))
            let run = try await polled.history("backfill")
            #expect(run.termination == .exited(0), "\(run.standardError)")
            #expect(try polled.sql("SELECT count(*) FROM event") == ["\(Self.events(polled))"])
            #expect(try await polled.history("verify").termination == .exited(0))
        }
    }

    @Test func `a vCenter without the API has no events: backfill says so, and collect says nothing`() async throws {
        try await Self.with(vms: 3, adjusting: { $0.apiVersion = "7.0.3.0" }) { polled in
            let run = try await polled.history("backfill")
            #expect(run.termination == .exited(78))
            #expect(run.standardError.contains("has no VI JSON API"))
            let collected = try await polled.collect()
            #expect(collected.standardError.isEmpty)
            #expect(try polled.sql("SELECT outcome FROM collection_run WHERE endpoint_id <> 3") == ["complete"])
        }
    }

    @Test func `what polls and events both tell of is shown once, with who asked for it`() async throws {
        try await Self.with(vms: 1) { polled in
            let now = Timestamp.now()
            let (start, end) = (now.advanced(bySeconds: -600), now.advanced(bySeconds: -500))
            try polled.set(0, .failed, start: start.rfc3339, end: end.rfc3339, error: .text("No Perl."))
            func event(_ type: CustomizationEventType, at time: Timestamp) -> SimulatedEvent {
                var event = SimulatedEvent(type.rawValue, at: time, vm: (polled.vm(0), "web-01"), message: "It failed.")
                event.userName = "CORP\\jane"
                event.logLocation = "/var/log/vmware-imc/toolsDeployPkg.log"
                return event
            }
            polled.vCenter.append(event(.started, at: start.advanced(bySeconds: 2)))
            polled.vCenter.append(event(.failed, at: end.advanced(bySeconds: 3)))
            try await polled.collect()
            #expect(
                try polled.sql(
                    """
                    SELECT endpoint, is_counted, also_seen_by FROM customization_history
                    WHERE start_time >= '\(start.advanced(bySeconds: -1).rfc3339)' ORDER BY endpoint
                    """) == ["customization-live|1|events", "events|0|customization-live"])
            let shown = try await polled.history("show", polled.vm(0)).standardOutput
            #expect(shown.contains("vCenter's events tell of it too"), "\(shown)")
            #expect(shown.contains("asked for by CORP\\jane; log /var/log/vmware-imc/toolsDeployPkg.log"), "\(shown)")
        }
    }

    @Test func `events that cannot be read cost no poll, and a line says so`() async throws {
        try await Self.with(vms: 3) { polled in
            polled.vCenter.inject(.answer(.viFault("NoPermission")), times: 10) { $0.vimMember == "QueryEvents" }
            let run = try await polled.collect()
            // From what VMs were made is told by events too.
            #expect(run.standardError.split(separator: "\n").count == 2, "\(run.standardError)")
            #expect(run.standardError.contains("cannot read the events"), "\(run.standardError)")
            #expect(
                try polled.sql("SELECT outcome, polls FROM collection_run WHERE endpoint_id <> 3") == ["complete|3"])
            #expect(try polled.sql("SELECT count(*) FROM collection_run WHERE endpoint_id = 3") == ["0"])
            let asked = try await polled.history("backfill")
            #expect(asked.termination == .exited(69))
            #expect(try polled.sql("SELECT outcome, events FROM collection_run WHERE endpoint_id = 3") == ["failed|0"])
        }
    }

    @Test func `a vCenter that was restored uses keys again: what is new is recorded, and nothing twice`() async throws
    {
        try await Self.with { polled in
            #expect(try await polled.history("backfill").termination == .exited(0))
            let before = Int(try polled.sql("SELECT count(*) FROM event").first ?? "") ?? 0
            polled.vCenter.restoreEvents(to: Timestamp.now().advanced(bySeconds: -7 * 86_400))
            let new = SimulatedEvent(
                "CustomizationFailed", at: Timestamp.now().advanced(bySeconds: -5), vm: (polled.vm(0), "web-01"))
            polled.vCenter.append(new)
            let run = try await polled.collect()
            #expect(run.standardError.contains("restored from a backup"), "\(run.standardError)")
            #expect(try polled.sql("SELECT count(*) FROM event WHERE generation = 1").first != "0")
            #expect(try polled.sql("SELECT count(*) FROM event") == ["\(before + 1)"])
            #expect(try await polled.history("verify").termination == .exited(0))
        }
    }
}

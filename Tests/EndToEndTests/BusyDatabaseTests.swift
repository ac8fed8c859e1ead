import Foundation
import GuestCustomization
import Testing
import VCenterSimulator

/// Another program holds the database. Polls are kept until the run's time limit, and lost polls are reported.
@Suite struct BusyDatabaseTests {
    private func with(_ body: (PolledVCenter, DatabaseLock) async throws -> Void) async throws {
        let adjust: (inout SimulatedVCenter.Options) -> Void = { options in
            options.latency = .milliseconds(100)
            // What its VMs are would take a quarter of the run's time.
            options.refusesServiceContent = true
        }
        try await PolledVCenter.with(vms: 60, adjusting: adjust) { polled in
            let run = try await polled.history("collect", "--concurrency", "60")
            #expect(run.termination == .exited(0), "\(run.standardError)")
            try await body(polled, try DatabaseLock(of: polled.database))
        }
    }

    /// Makes another run after the lock was released and checks the history.
    private func expectNextRun(
        _ polled: PolledVCenter, _ outcomes: [String], at location: SourceLocation = #_sourceLocation
    ) async throws {
        let run = try await polled.history("collect", "--concurrency", "60")
        #expect(run.termination == .exited(0), "\(run.standardError)", sourceLocation: location)
        #expect(
            try polled.sql("SELECT outcome FROM collection_run_history ORDER BY run_id") == outcomes,
            sourceLocation: location)
        #expect(try polled.sql("PRAGMA integrity_check") == ["ok"], sourceLocation: location)
        #expect(
            try polled.sql(
                "SELECT run_id FROM collection_run_history AS r WHERE polls <> (SELECT count(*) FROM poll_history AS p WHERE p.run_id = r.run_id)"
            ).isEmpty, sourceLocation: location)
    }

    private func untilPolled(_ polled: PolledVCenter) async throws {
        try await polled.waitUntil("SELECT 1 FROM collection_run WHERE id = 2 AND polls > 0", is: ["1"])
    }

    /// The number of polled results that a message says are lost.
    private func told(_ message: String) -> Int? {
        message.firstMatch(of: /; (\d+) polled results? (?:was|were) not recorded and (?:is|are) lost/).flatMap {
            Int($0.1)
        }
    }

    @Test func `a database that is locked from the beginning ends the run`() async throws {
        try await with { polled, lock in
            try lock.take()
            let run = try await polled.history("collect", "--busy-timeout", "1s")
            expectOneLine(run, 74, polled.database, "another process")
            try lock.release()
            try await expectNextRun(polled, ["complete", "complete"])
        }
    }

    @Test func `a vCenter is not renamed while the database is locked`() async throws {
        try await with { polled, lock in
            try lock.take()
            let run = try await polled.history("vcenter", "rename", polled.name, "berlin", "--busy-timeout", "200ms")
            expectOneLine(run, 74, polled.database, "another process")
            try lock.release()
            #expect(try polled.sql("SELECT name FROM vcenter") == [polled.name])
        }
    }

    @Test(arguments: ["BEGIN IMMEDIATE", "BEGIN EXCLUSIVE"])
    func `a locked database can be read`(statement: String) async throws {
        try await with { polled, lock in
            try lock.take(by: statement)
            for arguments in [["report"], ["show", polled.vm(0)], ["runs"], ["metrics"], ["vcenter", "list"]] {
                let run = try await polled.history(arguments + ["--busy-timeout", "200ms"])
                #expect(run.termination == .exited(0), "\(arguments): \(run.standardError)")
            }
            try lock.release()
        }
    }

    @Test(arguments: ["30s", "100ms"])
    func `a lock in the middle of a run loses no poll`(busyTimeout: String) async throws {
        try await with { polled, lock in
            let run = try await polled.history("collect", "--concurrency", "3", "--busy-timeout", busyTimeout) { _ in
                try await untilPolled(polled)
                try lock.take()
                // Polling continues nearly to its end.
                try await polled.vCenter.waitUntil { $0.requests[.customizationLive, default: 0] > 60 + 50 }
                try lock.release()
            }
            #expect(run.termination == .exited(0), "\(run.standardError)")
            #expect(busyTimeout != "30s" || run.standardError.isEmpty)
            #expect(
                try polled.sql("SELECT outcome, polls FROM collection_run_history") == ["complete|60", "complete|60"])
        }
    }

    @Test func `a lock for far longer than --busy-timeout is reported and loses no poll`() async throws {
        try await with { polled, lock in
            let run = try await polled.history("collect", "--concurrency", "3", "--busy-timeout", "500ms") { running in
                try await untilPolled(polled)
                try lock.take()
                try await running.wait(for: "another process has held the database", in: \.standardError)
                try await polled.vCenter.waitUntil { $0.requests[.customizationLive, default: 0] >= 60 + 60 }
                try await running.wait(for: "\n", in: \.standardError)
                try lock.release()
            }
            expectOneLine(run, 0, polled.database, "polled results wait in memory until it has finished")
            #expect(
                try polled.sql("SELECT outcome, polls FROM collection_run_history") == ["complete|60", "complete|60"])
        }
    }

    @Test func `a lock until the run's time limit loses the waiting polls and reports their number`() async throws {
        try await with { polled, lock in
            let run = try await polled.history("collect", "--concurrency", "3", "--run-timeout", "4s") { _ in
                try await untilPolled(polled)
                try lock.take()
            }
            expectOneLine(run, 74, polled.database, "another process")
            let lost = try #require(told(run.standardError))
            let recorded = try #require(Int(try polled.sql("SELECT polls FROM collection_run WHERE id = 2")[0]))
            #expect(lost > 0 && recorded > 0 && lost + recorded <= 60)
            try lock.release()
            try await expectNextRun(polled, ["complete", "interrupted", "complete"])
        }
    }

    @Test func `a run that waits for a locked database can be stopped`() async throws {
        try await with { polled, lock in
            let run = try await polled.history("collect", "--concurrency", "3") { running in
                try await untilPolled(polled)
                try lock.take()
                try await polled.vCenter.waitUntil {
                    $0.requests[.customizationLive, default: 0] >= 60 + 60 && $0.openRequests == 0
                }
                try running.send(.terminate)
            }
            expectOneLine(run, 128 + SIGTERM, polled.database, "another process")
            let lost = try #require(told(run.standardError))
            let recorded = try #require(Int(try polled.sql("SELECT polls FROM collection_run WHERE id = 2")[0]))
            // Some answers may still be on their way.
            #expect(lost > 0 && (50...60).contains(lost + recorded))
            try lock.release()
            try await expectNextRun(polled, ["complete", "interrupted", "complete"])
        }
    }

    @Test func `a locked database delays all vCenters and fails none`() async throws {
        try await PolledVCenter.with(vms: 2) { polled in
            try await polled.withAnother { other in
                try await polled.collect()
                let configuration = try polled.configure([
                    ("first", polled.vCenter, polled.vCenter.password),
                    ("second", other.vCenter, other.vCenter.password),
                ])
                let lock = try DatabaseLock(of: polled.database)
                polled.vCenter.inject(.delay(.seconds(2), then: nil), times: 1) { $0.kind == .virtualMachineList }
                other.vCenter.inject(.delay(.seconds(2), then: nil), times: 1) { $0.kind == .virtualMachineList }
                let run = try await polled.history(
                    ["collect", "--config", "vcenters.yaml", "--busy-timeout", "500ms"], environment: configuration
                ) {
                    try await polled.vCenter.waitUntil { $0.requests[.virtualMachineList] == 2 }
                    try await other.vCenter.waitUntil { $0.requests[.virtualMachineList] == 1 }
                    try lock.take()
                    try await $0.wait(for: "another process has held the database", in: \.standardError)
                    try lock.release()
                }
                #expect(run.termination == .exited(0), "\(run.standardError)")
                #expect(
                    try polled.sql("SELECT outcome FROM collection_run_history")
                        == Array(repeating: "complete", count: 3))
            }
        }
    }
}

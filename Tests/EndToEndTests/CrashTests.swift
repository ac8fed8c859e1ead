import Foundation
import GuestCustomization
import HistoryStore
import Synchronization
import TestSupport
import Testing
import VCenterSimulator

/// A killed run loses at most the polls of its last second, whenever it is killed.
@Suite struct CrashTests {
    /// 200 VMs, 4 at once, take two seconds, with instants before, between and after all writes.
    private static let vms = 200
    private static let latency = Duration.milliseconds(40)
    private static let latestKill = 2.5
    private static let histories = 5
    private static let killsEach = 10

    @Test func `a run killed at 50 random instants leaves a sound history and loses at most one second of polls`()
        async throws
    {
        let environment = ProcessInfo.processInfo.environment
        let seed = environment["CRASH_TEST_SEED"].flatMap(UInt16.init) ?? .random(in: .min ... .max)
        print("The instants of the kills: CRASH_TEST_SEED=\(seed)")
        let polls = try await withThrowingTaskGroup(of: Int.self) { group in
            for number in 0..<Self.histories {
                group.addTask { try await Self.killRuns(of: UInt16(number), seed) }
            }
            return try await group.reduce(0, +)
        }
        #expect(polls > 0, "no run was killed late enough to have polls that must not be lost (seed \(seed))")
    }

    /// Kills runs over one history until ten have died; returns the number of polls that had to survive.
    private static func killRuns(of history: UInt16, _ seed: UInt16) async throws -> Int {
        let clock = SimulatedClock(at: Timestamp.now())
        let adjust: (inout SimulatedVCenter.Options) -> Void = { options in
            options.latency = latency
            // Otherwise most kills would come while it is asked what its VMs are.
            options.refusesServiceContent = true
            options.clock = { clock.now }
            options.seed = UInt64(seed)
        }
        return try await PolledVCenter.with(vms: vms, mayLeaveSessions: true, adjusting: adjust) { polled in
            let answers = AnswerLog(of: polled.vCenter, latency: latency)
            var random: [UInt16] = [seed, history, 0x330E]
            var killed = 0
            var polls = 0
            while killed < killsEach {
                let instant = Duration.seconds(erand48(&random) * latestKill)
                // Customizations begin and end between the runs.
                clock.advance(bySeconds: 1800)
                answers.forget()
                let runsBefore = try Crash.runs(of: polled)
                let (run, killedAt) = try await collect(polled, killedAfter: instant)
                // The signal came too late; the run was complete.
                guard run.termination == .signaled(SIGKILL) else {
                    #expect(run.termination == .exited(0), "\(run.standardError)")
                    continue
                }
                killed += 1
                polls += try await Crash(polled, runsBefore: runsBefore, number: killed).check(
                    mayNotLose: answers.given(before: killedAt - .seconds(1)), asked: answers.given(before: nil),
                    "killed after \(instant), seed \(seed)")
            }
            let last = try await polled.history("collect", "--concurrency", "40")
            #expect(last.termination == .exited(0), "\(last.standardError)")
            let outcomes = try polled.sql("SELECT outcome FROM collection_run_history ORDER BY run_id")
            #expect(outcomes.last == "complete" && !outcomes.contains("running"))
            return polls
        }
    }

    private static func collect(
        _ polled: PolledVCenter, killedAfter instant: Duration
    ) async throws -> (EndedRun, killedAt: ContinuousClock.Instant) {
        let killedAt = Mutex(ContinuousClock.now)
        let run = try await polled.history(
            "collect", "--concurrency", "4", environment: ["LLVM_PROFILE_FILE": "/dev/null"]
        ) { running in
            try await Task.sleep(for: instant)
            killedAt.withLock { $0 = .now }
            // The run may already have ended.
            try? running.send(.kill)
        }
        return (run, killedAt.withLock { $0 })
    }
}

/// The time of the vCenter's answer for each VM.
private final class AnswerLog: Sendable {
    private let asked = Mutex<[String: ContinuousClock.Instant]>([:])
    private let latency: Duration

    init(of vCenter: SimulatedVCenter, latency: Duration) {
        self.latency = latency
        // A fault that never occurs; its condition sees every request.
        vCenter.inject(.neverAnswer) { [self] request in
            // vm-0 is not a VM: a request for it tests which endpoints exist.
            if let vm = request.vm, vm != "vm-0" { asked.withLock { $0[vm] = .now } }
            return false
        }
    }

    func forget() { asked.withLock { $0 = [:] } }

    /// The VMs answered before `instant`; if that is `nil`, all requested VMs.
    func given(before instant: ContinuousClock.Instant?) -> Set<String> {
        asked.withLock { asked in
            Set(asked.filter { entry in instant.map { entry.value + latency < $0 } ?? true }.keys)
        }
    }
}

/// The history after a killed run, examined in a copy, so that the next run repairs the history itself.
private struct Crash {
    private let copy: String
    private let run: String
    private let runsBefore: Int

    static func runs(of polled: PolledVCenter) throws -> Int {
        let files = FileManager.default
        // With a journal, the killed run was creating the file.
        guard files.fileExists(atPath: polled.database), !files.fileExists(atPath: polled.database + "-journal") else {
            return 0
        }
        // An empty file of a killed run has no tables yet.
        return Int(try polled.sql("SELECT count(*) FROM sqlite_schema WHERE name = 'collection_run'")[0]) == 0
            ? 0 : Int(try polled.sql("SELECT count(*) FROM collection_run")[0]) ?? 0
    }

    init(_ polled: PolledVCenter, runsBefore: Int, number: Int) throws {
        copy = polled.directory.path("copy-\(number).db")
        self.runsBefore = runsBefore
        // The index of the log is not copied: the first program to open the copy rebuilds it, as after a crash of the machine.
        for suffix in ["", "-wal", "-journal"] where FileManager.default.fileExists(atPath: polled.database + suffix) {
            try FileManager.default.copyItem(atPath: polled.database + suffix, toPath: copy + suffix)
        }
        run = "(SELECT max(run_id) FROM collection_run_history)"
    }

    /// Returns the number of polls that had to survive.
    func check(mayNotLose kept: Set<String>, asked: Set<String>, _ comment: Comment) async throws -> Int {
        let history = try HistoryDatabase.open(
            copy, access: .readWrite(create: true), toolVersion: "copy", waiting: .init(clock: .system),
            at: Timestamp.now())
        defer { try? history.close() }
        #expect(try sql("PRAGMA integrity_check") == ["ok"], comment)
        #expect(try sql("PRAGMA foreign_key_check").isEmpty, comment)
        #expect(
            try sql(
                "SELECT run_id FROM collection_run_history AS r WHERE polls <> (SELECT count(*) FROM poll_history AS p WHERE p.run_id = r.run_id)"
            ).isEmpty, comment)

        let began = try sql("SELECT run_id FROM collection_run_history").count > runsBefore
        let stored = Set(began ? try sql("SELECT vm FROM poll_history WHERE run_id = \(run)") : [])
        #expect(kept.subtracting(stored).isEmpty, "lost; \(comment)")
        #expect(stored.subtracting(asked).isEmpty, "never asked; \(comment)")
        // Earlier killed runs are marked, whether or not this one reached that point.
        let open = try sql("SELECT run_id FROM collection_run_history WHERE outcome = 'running'")
        #expect(open.count <= 1, comment)
        if began, let open = open.first { #expect(try sql("SELECT \(run)") == [open], comment) }

        let customizations = "SELECT * FROM customization_history ORDER BY 1, 2, 3, 4, 5, 6, 7"
        let folded = try sql(customizations)
        try await history.rebuildCustomizations()
        #expect(try sql(customizations) == folded, comment)
        return kept.count
    }

    private func sql(_ query: String) throws -> [String] { try SQLiteFile(copy).rows(query) }
}

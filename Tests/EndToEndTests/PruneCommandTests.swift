import Foundation
import TestSupport
import Testing

/// `prune` on what `collect` recorded.
@Suite struct PruneCommandTests {
    private static func says(_ polled: PolledVCenter, _ arguments: String...) async throws -> (Int32?, String) {
        let run = try await polled.history(arguments)
        guard case .exited(let code) = run.termination else { return (nil, run.standardError) }
        return (code, run.standardOutput + run.standardError)
    }

    @Test func `polls are pruned, and every command says so`() async throws {
        try await PolledVCenter.with(vms: 5) { polled in
            try polled.set(0, .running, start: "2026-11-01T08:00:00Z")
            try await polled.collect()
            try polled.set(0, .failed, start: "2026-11-01T08:00:00Z", end: "2026-11-01T08:02:00Z")
            try await polled.collect()

            let (dry, plan) = try await Self.says(polled, "prune", "--before", "now", "--dry-run")
            #expect(dry == 0 && plan.contains("10 polls of 2 runs, up to run 2,"), "\(plan)")
            let (unasked, refusal) = try await Self.says(polled, "prune", "--before", "now")
            #expect(unasked == 64 && refusal.contains("give --yes"), "\(refusal)")
            #expect(try await Self.says(polled, "prune", "--before", "2100-01-01", "--yes").0 == 64)
            #expect(try polled.sql("SELECT count(*) FROM poll") == ["10"])

            let (code, text) = try await Self.says(polled, "prune", "--before", "now", "--yes", "--verbose")
            #expect(code == 0 && text.contains("pruned 10 polls of 2 runs"), "\(text)")
            #expect(try polled.sql("SELECT count(*) FROM poll") == ["0"])
            try await polled.collect()

            let (verified, verdict) = try await Self.says(polled, "verify")
            #expect(verified == 0 && verdict.contains("10 polls of runs up to 2"), "\(verdict)")
            #expect(try await Self.says(polled, "report").1.contains("Polls before "))
            #expect(try await Self.says(polled, "runs").1.contains("were pruned on"))
            #expect(try await Self.says(polled, "show", polled.vm(0)).1.contains("were pruned on"))
            #expect(
                try polled.sql("SELECT outcome FROM customization_history WHERE vm = '\(polled.vm(0))'") == ["failed"])
            #expect(try await Self.says(polled, "prove", "--run", "1").0 == 0)
            #expect(try await Self.says(polled, "rebuild").0 == 0)
            #expect(try await Self.says(polled, "verify").0 == 0)
        }
    }

    @Test func `beside a prune, also one that asks on a terminal, a second one is refused`() async throws {
        try await PolledVCenter.with(vms: 1) { polled in
            try await polled.collect()
            let run = try await polled.shell(
                """
                mkfifo answer
                history=$0 script -qec '"$history" prune --before now' /dev/null < answer > asked &
                exec 3> answer
                until grep -q 'cannot be undone' asked; do :; done
                "$0" prune --before now --yes
                echo $?
                "$0" prune --before now --dry-run > plan || echo no plan
                echo y >&3
                exec 3>&-
                wait $!
                echo $?
                "$0" prune --before now --yes
                echo $?
                """)
            #expect(run.standardOutput == "75\n0\n0\n", "\(run.standardError)")
            #expect(run.standardError.contains("another process is pruning"), "\(run.standardError)")
            #expect(try polled.sql("SELECT count(*) FROM poll") == ["0"])
        }
    }
}

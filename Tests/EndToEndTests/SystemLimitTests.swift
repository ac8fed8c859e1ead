import Foundation
import TestSupport
import Testing
import VCenterSimulator

/// A resource that the system refuses is reported with one line and exit code 71 before the run begins; fewer open files than wanted
/// are enough.
@Suite struct SystemLimitTests {
    /// Runs `history ARGUMENTS` under soft and hard limits set by a shell's `ulimit`.
    private func run(
        _ polled: PolledVCenter, under limit: String, _ arguments: String...
    ) async throws -> EndedRun {
        // Line coverage, if it is measured, would need another open file.
        let script = "ulimit \(limit) && LLVM_PROFILE_FILE=/dev/null exec \"$0\" \"$@\""
        return try await polled.shell(script, arguments, by: "/bin/bash")
    }

    @Test(arguments: [(64, 64), (256, 256), (32, 16)])
    func `fewer open files allow fewer concurrent polls`(files: Int, concurrency: Int) async throws {
        try await PolledVCenter.with(vms: 300) { polled in
            let run = try await run(
                polled, under: "-n \(files)", "collect", "--concurrency", "\(concurrency)")
            #expect(run.termination == .exited(0), "\(run.standardError)")
            #expect(
                run.standardError.contains("instead of \(concurrency): this process may open only \(files) files"))
            #expect(run.standardError.split(separator: "\n").count == 1)
            #expect(try polled.sql("SELECT outcome, polls FROM collection_run_history") == ["complete|300"])
            #expect(polled.vCenter.activity.maximumOpenRequests < min(files, concurrency + 1))
        }
    }

    @Test(arguments: [20, 16, 12, 8]) func `a run with too few open files does not begin`(files: Int) async throws {
        try await PolledVCenter.with { polled in
            for arguments in [["collect"], ["demo"], ["simulate"]] {
                let run = try await polled.shell(
                    "ulimit -n \(files) && exec \"$0\" \"$@\"", arguments, by: "/bin/bash")
                expectOneLine(run, 71, "ulimit -n")
            }
            #expect(polled.vCenter.activity.acceptedConnections == 0)
        }
    }

    @Test(arguments: ["-v 200000", "-v 300000", "-d 50000", "-d 150000"])
    func `a run without memory does not begin`(limit: String) async throws {
        try await PolledVCenter.with { polled in
            let run = try await run(polled, under: limit, "collect")
            expectOneLine(run, 71, "ulimit -v")
            #expect(polled.vCenter.activity.acceptedConnections == 0)
        }
    }

    @Test(.enabled("only root can become a user without processes", { geteuid() == 0 }), arguments: [3, 8])
    func `a run without threads does not begin`(processes: Int) async throws {
        try await PolledVCenter.with { polled in
            // As a user of its own: the limit counts the threads of all processes of a user.
            let script =
                // The other user must not write line coverage.
                "export LLVM_PROFILE_FILE=/dev/null; ulimit -u \(processes) && exec setpriv --reuid=64999 --regid=64999 --clear-groups \"$0\" collect --database /nonexistent/x"
            let run = try await polled.shell(script, by: "/bin/bash")
            expectOneLine(run, 71, "ulimit -u")
        }
    }
}

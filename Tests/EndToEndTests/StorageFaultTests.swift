import Foundation
import TestSupport
import Testing
import VCenterSimulator

/// Storage that fails in the middle of a run gives exit code 74 and one line, and the next run finds a sound history.
@Suite struct StorageFaultTests {
    /// Checks the history after the storage was repaired and another run was made.
    private func expectMended(_ polled: PolledVCenter, at location: SourceLocation = #_sourceLocation) throws {
        #expect(try polled.sql("PRAGMA integrity_check") == ["ok"], sourceLocation: location)
        let outcomes = try polled.sql("SELECT outcome FROM collection_run_history ORDER BY run_id")
        // A run that failed before it began left no record, because there was no space.
        #expect(
            [["complete", "interrupted", "complete"], ["complete", "complete"]].contains(outcomes),
            sourceLocation: location)
        #expect(
            try polled.sql(
                "SELECT run_id FROM collection_run_history AS r WHERE polls <> (SELECT count(*) FROM poll_history AS p WHERE p.run_id = r.run_id)"
            ).isEmpty, sourceLocation: location)
        #expect(polled.vCenter.liveSessions == 0, sourceLocation: location)
    }

    private func expectNextRun(_ polled: PolledVCenter, at location: SourceLocation = #_sourceLocation) async throws {
        #expect(polled.vCenter.liveSessions == 0, sourceLocation: location)
        let run = try await polled.history("collect")
        #expect(run.termination == .exited(0), "\(run.standardError)", sourceLocation: location)
        try expectMended(polled, at: location)
    }

    @Test(arguments: [0, 8, 48, 256])
    func `a run that exceeds the file size limit ends with 74 and leaves a sound history`(kibibytes: Int) async throws {
        try await PolledVCenter.with(vms: 1000) { polled in
            _ = try await polled.history("collect", "--vm", polled.vm(0))
            // The limit is in blocks of 512 bytes. Line coverage, if measured, would exceed it too.
            let script = "ulimit -f \(kibibytes * 2) && LLVM_PROFILE_FILE=/dev/null exec \"$0\" collect"
            let run = try await polled.shell(script)
            expectOneLine(run, 74, polled.database, "limit")
            try await expectNextRun(polled)
        }
    }

    @Test(.enabled("mounting a file system of one's own is allowed here") { try await mayMount() })
    func `a run on a full file system ends with 74 and leaves a sound history`() async throws {
        try await PolledVCenter.with(vms: 1000) { polled in
            // The file system disappears with the namespace, so one script does everything.
            let script = """
                mkdir small && mount -t tmpfs -o size=640k none small || exit
                export CUSTOMIZATION_HISTORY_DATABASE=small/history.db
                "$0" collect --vm "$1"; echo "first $?"
                "$0" collect 2>full; echo "full $?, $(wc -l <full) line, $(grep -c 'small/history.db: the disk is full' full)"
                "$0" report >/dev/null; echo "report $?"
                mount -o remount,size=64m small; "$0" collect; echo "roomy $?"
                cp small/history.db* .
                """
            let run = try await BuiltExecutable(path: "/usr/bin/unshare").run(
                "--mount", "--map-root-user", "sh", "-c", script, BuiltExecutable.history.path, polled.vm(0),
                environment: polled.environment.merging(["PATH": "/usr/sbin:/usr/bin:/sbin:/bin"]) { $1 },
                in: polled.directory)
            #expect(
                run.standardError.contains("back to normal after")
                    && run.standardError.split(separator: "\n").count == 1)
            #expect(run.standardOutput == "first 0\nfull 74, 1 line, 1\nreport 0\nroomy 0\n")
            try expectMended(polled)
        }
    }

    @Test(.enabled("mounting a file system of one's own is allowed here") { try await mayMount() })
    func `on a full file system nothing is told, rather than by every run again`() async throws {
        try await PolledVCenter.with(vms: 1) { polled in
            try polled.set(
                0, .failed, start: "2026-11-01T08:00:00Z", end: "2026-11-01T08:01:00Z", error: .text("odd"))
            let script = """
                mkdir small && mount -t tmpfs -o size=4m none small || exit
                export CUSTOMIZATION_HISTORY_DATABASE=small/history.db
                "$0" collect
                dd if=/dev/zero of=small/filler bs=4k 2>/dev/null
                for run in 1 2; do "$0" notify --since 2026-11-01 2>full; echo "full $?, $(cat full)"; done
                rm small/filler
                for run in 1 2; do "$0" notify --since 2026-11-01; echo "roomy $?"; done
                """
            let run = try await BuiltExecutable(path: "/usr/bin/unshare").run(
                "--mount", "--map-root-user", "sh", "-c", script, BuiltExecutable.history.path,
                environment: polled.environment.merging(["PATH": "/usr/sbin:/usr/bin:/sbin:/bin"]) { $1 },
                in: polled.directory)
            let lines = run.standardOutput.split(separator: "\n")
            let full = lines.filter { $0.hasPrefix("full 74, ") }
            #expect(full.count == 2, "\(run.standardOutput)\(run.standardError)")
            #expect(full.allSatisfy { $0.contains("the disk is full; nothing was told") }, "\(full)")
            // Its heading and its only group.
            #expect(lines.filter { $0 == "1 customization failed" }.count == 2, "\(run.standardOutput)")
            #expect(lines.suffix(2).filter { $0 == "roomy 0" }.count == 2)
        }
    }

    private static func mayMount() async throws -> Bool {
        try await TemporaryDirectory.with { directory in
            try await BuiltExecutable(path: "/bin/sh").run(
                "-c", "unshare --mount --map-root-user mount -t tmpfs none .",
                environment: ["PATH": "/usr/sbin:/usr/bin:/sbin:/bin"], in: directory
            ).termination == .exited(0)
        }
    }

    @Test func `a run whose directory is deleted ends with 74`() async throws {
        try await PolledVCenter.with(vms: 60, adjusting: { $0.latency = .milliseconds(100) }) { polled in
            let lost = try polled.directory.makeDirectory("lost")
            let run = try await polled.history("collect", "--database", lost + "/history.db", "--concurrency", "3") {
                _ in
                try await polled.vCenter.waitUntil { $0.requests[.customizationLive, default: 0] > 3 }
                try FileManager.default.removeItem(atPath: lost)
            }
            expectOneLine(run, 74, lost + "/history.db", "deleted or moved")
            #expect(polled.vCenter.liveSessions == 0)
            expectOneLine(try await polled.history("collect", "--database", lost + "/history.db"), 73, lost)
        }
    }
}

import Foundation
import Testing
import VCenterSimulator

/// A stream that nobody reads, or that was closed, neither kills nor hangs a command; only where it was to carry the result, that is told.
@Suite struct StandardStreamTests {
    /// Runs a shell's command line, in which `$0` is the executable.
    private func shell(_ polled: PolledVCenter, _ script: String) async throws -> EndedRun {
        try await BuiltExecutable(path: "/bin/bash").run(
            "-c", script, BuiltExecutable.history.path,
            environment: polled.environment.merging(["PATH": "/usr/bin:/bin"]) { $1 }, in: polled.directory)
    }

    @Test(arguments: [
        "2>&-", ">&-", "<&- >&- 2>&-", "2>/dev/full", "2> >(exec <&-)", "2> >(exec sleep 3600)",
    ])
    func `collect ignores a closed, full or unread standard stream`(redirection: String) async throws {
        try await PolledVCenter.with { polled in
            // So much is said that a pipe which nobody reads is full, by one thing that is told for each VM.
            let run = try await shell(polled, "\"$0\" collect --verbose \(redirection); echo $? >code")
            #expect(run.termination == .exited(0))
            #expect(try String(contentsOfFile: polled.directory.path("code"), encoding: .utf8) == "0\n")
            #expect(try polled.sql("SELECT outcome, polls FROM collection_run_history") == ["complete|3"])
            #expect(try polled.sql("PRAGMA integrity_check") == ["ok"])
        }
    }

    @Test func `the history is never opened on a closed standard stream`() async throws {
        try await PolledVCenter.with { polled in
            _ = try await shell(polled, "\"$0\" collect --vm nothing-of-this-name <&- >&- 2>&-")
            let run = try await shell(polled, "\"$0\" collect --verbose <&- >&- 2>&-")
            #expect(run.termination == .exited(0))
            #expect(try polled.sql("PRAGMA integrity_check") == ["ok"])
            #expect(try polled.sql("SELECT polls FROM collection_run_history ORDER BY run_id") == ["0", "3"])
        }
    }

    @Test func `a result that cannot be written is reported`() async throws {
        try await PolledVCenter.with { polled in
            _ = try await polled.history("collect")
            for command in ["report", "report --format json", "show \(polled.vm(0))", "runs", "metrics", "--help"] {
                let full = try await shell(polled, "\"$0\" \(command) >/dev/full")
                expectOneLine(full, 74, "standard output")
                let closed = try await shell(polled, "\"$0\" \(command) >&-")
                expectOneLine(closed, 74, "standard output")
                let gone = try await shell(polled, "\"$0\" \(command) > >(exec <&-; :); exit $?")
                #expect(gone.standardError.isEmpty)
            }
        }
    }

    @Test func `a report ends silently when its reader closes the pipe`() async throws {
        try await PolledVCenter.with { polled in
            _ = try await polled.history("collect")
            let run = try await shell(
                polled,
                "{ sleep 1; \"$0\" report; echo $? >code; } | exec true; while [ ! -s code ]; do sleep 0.1; done")
            #expect(run.standardError.isEmpty)
            #expect(try String(contentsOfFile: polled.directory.path("code"), encoding: .utf8) == "141\n")
        }
    }
}

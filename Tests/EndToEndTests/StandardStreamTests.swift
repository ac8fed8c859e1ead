import Foundation
import TestSupport
import Testing
import VCenterSimulator

/// A stream that is closed or that nobody reads neither kills nor blocks a command; it is reported only if it should carry the result.
@Suite struct StandardStreamTests {
    private func bash(_ polled: PolledVCenter, _ script: String) async throws -> EndedRun {
        try await polled.shell(script, by: "/bin/bash")
    }

    @Test(arguments: [
        "2>&-", ">&-", "<&- >&- 2>&-", "2>/dev/full", "2> >(exec <&-)", "2> >(exec sleep 3600)",
    ])
    func `collect ignores a closed, full or unread standard stream`(redirection: String) async throws {
        try await PolledVCenter.with { polled in
            let run = try await bash(polled, "\"$0\" collect --verbose \(redirection); echo $? >code")
            #expect(run.termination == .exited(0))
            #expect(try polled.directory.read("code") == "0\n")
            #expect(try polled.sql("SELECT outcome, polls FROM collection_run_history") == ["complete|3"])
            #expect(try polled.sql("PRAGMA integrity_check") == ["ok"])
        }
    }

    @Test func `the history is never opened on a closed standard stream`() async throws {
        try await PolledVCenter.with { polled in
            _ = try await bash(polled, "\"$0\" collect --vm nothing-of-this-name <&- >&- 2>&-")
            let run = try await bash(polled, "\"$0\" collect --verbose <&- >&- 2>&-")
            #expect(run.termination == .exited(0))
            #expect(try polled.sql("PRAGMA integrity_check") == ["ok"])
            #expect(try polled.sql("SELECT polls FROM collection_run_history ORDER BY run_id") == ["0", "3"])
        }
    }

    @Test func `a result that cannot be written is reported`() async throws {
        try await PolledVCenter.with { polled in
            try await polled.collect()
            for command in ["report", "report --format json", "show \(polled.vm(0))", "runs", "metrics", "--help"] {
                let full = try await bash(polled, "\"$0\" \(command) >/dev/full")
                expectOneLine(full, 74, "standard output")
                let closed = try await bash(polled, "\"$0\" \(command) >&-")
                expectOneLine(closed, 74, "standard output")
                let gone = try await bash(polled, "\"$0\" \(command) > >(exec <&-; :); exit $?")
                #expect(gone.standardError.isEmpty)
            }
        }
    }

    @Test func `a report ends silently when its reader closes the pipe`() async throws {
        try await PolledVCenter.with { polled in
            try await polled.collect()
            // The first loop ends once the reader has closed the pipe, the second once the report has ended.
            let run = try await bash(
                polled,
                """
                { trap '' PIPE; while echo; do :; done 2>/dev/null; trap - PIPE; "$0" report; echo $? >code; } | exec true
                until [ -s code ]; do sleep 0.1; done
                """)
            #expect(run.standardError.isEmpty)
            #expect(try polled.directory.read("code") == "141\n")
        }
    }
}

import Foundation
import TestSupport
import Testing

@Suite struct ExportCommandTests {
    @Test func `exports go to a file or a pipe, and say what they leave out`() async throws {
        try await PolledVCenter.with { polled in
            try await polled.collect()
            let run = try await polled.history("export", "--format", "ndjson", "--polls")
            #expect(run.termination == .exited(0) && run.standardError.isEmpty)
            let lines = run.standardOutput.split(separator: "\n")
            #expect(lines.count == 3)
            for line in lines {
                let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
                #expect(object?["run_id"] as? Int == 1)
            }
            let file = try await polled.history("export", "--format", "csv", "--polls", "--output", "polls.csv")
            #expect(file.termination == .exited(0) && file.standardOutput.isEmpty)
            #expect(try polled.directory.read("polls.csv").split(separator: "\r\n").count == 4)

            try polled.change("UPDATE collection_run SET outcome = 'running', finished_ms = NULL")
            let open = try await polled.history("export", "--format", "ndjson", "--polls")
            #expect(open.standardOutput.isEmpty)
            #expect(
                open.standardError
                    == "history: left out what is still running: run 1; the next export includes it with --after 1,1\n")
            let head = try await polled.shell(
                "\"$0\" export --format csv | true; exit ${PIPESTATUS[0]}", by: "/bin/bash")
            #expect([.exited(0), .exited(141)].contains(head.termination) && head.standardError.isEmpty)
        }
    }

    @Test(arguments: [
        (["--after", "x"], "--after x"), (["--after", "7"], "--after 7: the latest run of"),
        (["--format", "postgresql", "--since", "7d"], "--since is not for postgresql"),
        (["--since", "never"], "--since \"never\""),
        (["--output", "history.db"], "cannot write history.db"),
    ])
    func `a wrong argument is refused`(arguments: [String], words: String) async throws {
        try await PolledVCenter.with { polled in
            try await polled.collect()
            let run = try await polled.history(["export", "--format", "csv"] + arguments)
            #expect([.exited(64), .exited(73)].contains(run.termination))
            #expect(run.standardOutput.isEmpty && run.standardError.contains(words), "\(run.standardError)")
        }
    }

    @Test func `stats tell that a young history has no growth yet`() async throws {
        try await PolledVCenter.with { polled in
            try await polled.collect()
            let table = try await polled.history("stats")
            #expect(
                table.standardOutput.contains("growth    not known: the history covers less than a day"),
                "\(table.standardError)")
            let json = try await polled.history("stats", "--format", "json")
            let document = try JSONSerialization.jsonObject(with: Data(json.standardOutputBytes)) as? [String: Any]
            #expect(document?["polls"] as? Int == 3 && document?["growth_unknown"] as? String == "less_than_a_day")
            #expect(try [document?["database_uuid"] as? String] == polled.sql("SELECT uuid FROM tree"))
        }
    }
}

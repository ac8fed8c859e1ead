import Foundation
import GuestCustomization
import TestSupport
import Testing
import VCenterSimulator

/// `export --format postgresql` fills a real PostgreSQL.
@Suite struct WarehouseTests {
    /// The views, with the expressions that give the same text in SQLite and in PostgreSQL.
    private static let views: [(name: String, columns: [String])] = [
        (
            "poll_history",
            [
                "run_id", "vcenter", "vm", "vm_name", "endpoint", "@polled_at", "result", "status", "@start_time",
                "@end_time",
                "error_id", "error_message", "http_status", "answer_id",
            ]
        ),
        (
            "customization_history",
            [
                "vcenter", "vm", "vm_name", "endpoint", "outcome", "@start_time", "@end_time", "#duration_seconds",
                "error_id",
                "error_message", "@first_polled_at", "@last_polled_at", "polls",
            ]
        ),
        (
            "latest_error",
            [
                "vcenter", "vm", "vm_name", "endpoint", "error_id", "error_message", "error_untranslated", "@failed_at",
                "@recovered_at", "?is_listed",
            ]
        ),
        (
            "collection_run_history",
            [
                "run_id", "vcenter", "endpoint", "@started_at", "@finished_at", "outcome", "vms", "polls",
                "failed_polls", "failure",
                "#clock_offset_seconds", "tool_version",
            ]
        ),
    ]

    private static func local(_ column: String) -> String {
        column.hasPrefix("#")
            ? "printf('%.3f', \(column.dropFirst()))" : column.trimmingPrefix { "@?".contains($0) } + ""
    }

    private static func remote(_ column: String) -> String {
        let name = column.dropFirst()
        return switch column.first {
        case "@": #"to_char(\#(name) AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')"#
        case "#": "round(coalesce(\(name), 0)::numeric, 3)"
        case "?": "\(name)::int"
        default: column
        }
    }

    private func expectSame(
        _ server: PostgreSQLServer, _ history: SQLiteFile, at location: SourceLocation = #_sourceLocation
    ) async throws {
        let uuid = try history.rows("SELECT uuid FROM tree WHERE id = 1")[0]
        for (name, columns) in Self.views {
            let isEnded = name == "collection_run_history" ? "WHERE outcome <> 'running'" : ""
            let here = try history.rows(
                "SELECT \(columns.map(Self.local).joined(separator: ", ")) FROM \(name) \(isEnded)")
            let there = try await server.rows(
                """
                SELECT \(columns.map(Self.remote).joined(separator: ", ")) FROM customization_history.\(name)
                WHERE database_uuid = '\(uuid)'
                """)
            #expect(Set(there) == Set(here), "\(name)", sourceLocation: location)
            #expect(there.count == here.count, "\(name)", sourceLocation: location)
        }
    }

    /// Exports as the help says, in a shell.
    private func export(
        _ database: String, to server: PostgreSQLServer, _ polled: PolledVCenter,
        at location: SourceLocation = #_sourceLocation
    ) async throws {
        // jq is not needed elsewhere.
        let commands = try #require(try Repository.read("README.md").firstMatch(of: #/(?s)```bash\n(uuid=.*?)```/#)?.1)
        let script =
            "set -o pipefail\n"
            + commands.replacing("customization-history ", with: "\"$0\" ")
            .replacing("| jq -r .database_uuid", with: #"| sed -n 's/.*"database_uuid": "\(.*\)",/\1/p'"#)
            .replacing("\"$cursor\")", with: "\"$cursor\" 2>/dev/null)")
        let run = try await polled.shell(
            script, by: "/bin/bash",
            environment: server.environment.merging(["CUSTOMIZATION_HISTORY_DATABASE": database]) { $1 })
        #expect(run.termination == .exited(0), "\(run.standardError)", sourceLocation: location)
        #expect(run.standardError.isEmpty && run.standardOutput.isEmpty, sourceLocation: location)
    }

    private static let error = CustomizationError.message(
        LocalizableMessage(id: "id.1", defaultMessage: "it \"broke\"\n\\."))

    /// What the vCenter reports in each round: customizations begin without a time, get one, end, and follow each other.
    private func change(_ polled: PolledVCenter, round: Int) throws {
        let day = "2026-11-1\(round)T"
        switch round {
        case 0:
            try polled.set(0, .pending)
            try polled.set(1, .running)
            try polled.set(2, .succeeded, start: day + "01:00:00.500Z", end: day + "01:02:00Z")
        case 1:
            try polled.set(0, .running, start: day + "02:00:00Z")
            try polled.set(1, .running)
        case 2:
            try polled.set(0, .failed, start: "2026-11-11T02:00:00Z", end: day + "02:00:00Z", error: Self.error)
            try polled.set(1, .notAvailable)
            try polled.set(2, .pending)
        default:
            try polled.set(0, .succeeded, start: day + "03:00:00Z", end: day + "03:00:01Z")
            try polled.set(2, .failed, start: day + "03:00:00Z", end: day + "02:59:00Z", error: Self.error)
            try polled.vCenter.removeVirtualMachine(polled.vm(3))
        }
    }

    @Test func `three sites feed one warehouse, whose figures are the sum of theirs`() async throws {
        try await PostgreSQLServer.with { server in
            try await PolledVCenter.with(vms: 5) { first in
                try await first.withAnother(named: "second") { second in
                    try await second.withAnother(named: "third") { third in
                        let sites = [first, second, third]
                        let databases = sites.indices.map { first.directory.path("site-\($0).db") }
                        for round in 0..<4 {
                            for (index, site) in sites.enumerated() {
                                // One site is a round behind, and one exports only at the end.
                                try change(site, round: index == 1 ? max(0, round - 1) : round)
                                let database = ["CUSTOMIZATION_HISTORY_DATABASE": databases[index]]
                                try await site.collect(environment: database)
                                if index == 2, round < 3 { continue }
                                try await export(databases[index], to: server, site)
                                if round == 2 { try await export(databases[index], to: server, site) }
                                try await expectSame(server, SQLiteFile(databases[index]))
                            }
                        }
                        try await expectSums(server, databases, first)
                    }
                }
            }
        }
    }

    private func expectSums(_ server: PostgreSQLServer, _ databases: [String], _ polled: PolledVCenter) async throws {
        var sums: [String: Int] = [:]
        for database in databases {
            let report = try await polled.history(
                "report", "--since", "100w", "--format", "json", "--database", database)
            let document = try #require(
                try JSONSerialization.jsonObject(with: Data(report.standardOutputBytes)) as? [String: Any])
            let summary = try #require(document["summary"] as? [String: Any])
            for outcome in ["succeeded", "failed", "running", "pending", "lost", "other"] {
                sums[outcome, default: 0] += try #require(summary[outcome] as? Int)
            }
        }
        let there = try await server.rows(
            "SELECT outcome, count(*) FROM customization_history.customization_history GROUP BY outcome ORDER BY outcome"
        )
        #expect(there == sums.filter { $0.value > 0 }.sorted { $0.key < $1.key }.map { "\($0.key)|\($0.value)" })
        #expect(sums["failed", default: 0] > 3 && sums["lost", default: 0] > 0)
    }

    /// Texts that would end the data, become SQL, or become commands and variables of psql.
    private static let hostile = [
        "\\.", "\\N", "a\n\\.\nb", "\\! touch pwned", "x\n\\! touch pwned\n",
        "'; DROP SCHEMA customization_history CASCADE; --",
        "$$; DROP SCHEMA customization_history; $$", ":uuid :'uuid' :\"uuid\"", "tab\there\r\nand\u{B}\u{C}\u{8}", "\\",
        "\\\\.", "\"", "",
        "\u{85}\u{2028}\u{202E}", "🦄\u{301}", "\u{1}\u{7F}", "NULL", "\u{FEFF}",
    ]

    @Test func `hostile texts arrive as they are and nothing else happens`() async throws {
        try await PostgreSQLServer.with { server in
            try await PolledVCenter.with(vms: Self.hostile.count) { polled in
                for index in Self.hostile.indices {
                    try polled.set(
                        index, .failed, start: "2026-11-11T02:00:00Z", end: "2026-11-11T02:00:05Z",
                        error: .message(LocalizableMessage(id: "id.\(index)", defaultMessage: "x")))
                }
                try await polled.collect()
                for (index, text) in Self.hostile.enumerated() {
                    try polled.change(
                        """
                        UPDATE virtual_machine SET shown_name = ? WHERE id = ?;
                        UPDATE answer SET error_message = ?, error_id = ?, error_untranslated = ?, status = ? WHERE id = ?;
                        UPDATE collection_run SET failure = ?, tool_version = ?; UPDATE vcenter SET name = ?
                        """,
                        [text, index + 1, text, text, text, text, index + 1, text, text, text])
                }
                try await export(polled.database, to: server, polled)
                try await expectSame(server, SQLiteFile(polled.database))
                #expect(try !polled.directory.contents.contains("pwned"))
            }
        }
    }

    @Test func `a script that is cut off anywhere changes nothing`() async throws {
        try await PostgreSQLServer.with { server in
            try await PolledVCenter.with { polled in
                try polled.set(
                    0, .failed, start: "2026-11-11T02:00:00Z", end: "2026-11-11T02:00:05Z", error: Self.error)
                try await polled.collect()
                let whole = try await polled.history("export", "--format", "postgresql").standardOutput
                let lines = whole.split(separator: "\n", omittingEmptySubsequences: false)
                let data = try #require(lines.firstIndex { $0.hasPrefix("COPY staged_export") })
                let cuts = Array(stride(from: data, to: lines.count - 3, by: 9)) + (data..<data + 12)
                for cut in cuts {
                    let head = lines.prefix(cut).joined(separator: "\n")
                    _ = try await server.run(script: head + (cut % 2 == 0 ? "\n" : ""))
                    _ = try await server.run(script: String(head.dropLast(5)))
                }
                #expect(try await server.rows("SELECT count(*) FROM customization_history.database") == ["0"])
                #expect(try await server.rows("SELECT count(*) FROM customization_history.poll") == ["0"])
                #expect(try await server.run(script: whole).termination == .exited(0))
                try await expectSame(server, SQLiteFile(polled.database))
            }
        }
    }

    @Test func `an export that would leave a gap is refused`() async throws {
        try await PostgreSQLServer.with { server in
            try await PolledVCenter.with { polled in
                for _ in 0..<3 { try await polled.collect() }
                let afterTwo = try await polled.history("export", "--format", "postgresql", "--after", "2")
                    .standardOutput
                let none = try await server.run(script: afterTwo)
                #expect(
                    none.termination == .exited(3)
                        && none.standardError.contains("begins after run 2, but the warehouse has none"))
                let whole = try await polled.history("export", "--format", "postgresql").standardOutput
                #expect(try await server.run(script: whole).termination == .exited(0))
                // As if a run had been open: it is not in the warehouse until an export names it.
                _ = try await server.rows("UPDATE customization_history.database SET cursor = '3,2'")
                let gap = try await server.run(script: afterTwo)
                #expect(gap.termination == .exited(3) && gap.standardError.contains("the warehouse has runs up to 3,2"))
                let named = try await polled.history("export", "--format", "postgresql", "--after", "3,2")
                    .standardOutput
                #expect(try await server.run(script: named).termination == .exited(0))
                #expect(try await server.rows("SELECT cursor FROM customization_history.database") == ["3"])
                try await expectSame(server, SQLiteFile(polled.database))
            }
        }
    }
}

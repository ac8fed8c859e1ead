import Foundation
import GuestCustomization
import TestSupport
import Testing

@Suite struct SQLTests {
    private static let endless =
        "WITH RECURSIVE c (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT count(*) FROM c"

    static let writes = [
        "INSERT INTO endpoint VALUES (3, 'x')", "UPDATE vcenter SET name = 'x'", "DELETE FROM answer",
        "REPLACE INTO vcenter (name) VALUES ('x')",
        "WITH a AS (SELECT 3) INSERT INTO endpoint SELECT *, 'x' FROM a RETURNING *",
        "  /* SELECT 1 */ -- SELECT\n\u{FEFF}DELETE FROM answer", "\n\t; ;DROP VIEW poll", "EXPLAIN DELETE FROM answer",
        "SELECT 1; DELETE FROM answer", "CREATE TABLE t (x)", "CREATE TEMP TABLE t (x)",
        "CREATE TEMP VIEW v AS SELECT 1", "CREATE VIRTUAL TABLE temp.f USING fts5 (x)",
        "CREATE TEMP TRIGGER t AFTER INSERT ON poll_block BEGIN SELECT 1; END", "CREATE INDEX i ON answer (result)",
        "ALTER TABLE answer RENAME TO a", "ALTER TABLE answer ADD COLUMN x", "DROP TABLE answer",
        "ATTACH 'other.db' AS other", "DETACH main", "VACUUM", "VACUUM INTO 'copy.db'", "REINDEX", "ANALYZE", "BEGIN",
        "BEGIN IMMEDIATE", "COMMIT", "SAVEPOINT s", "PRAGMA journal_mode = DELETE", "PRAGMA main.journal_mode(OFF)",
        "PRAGMA writable_schema = 1", "UPDATE sqlite_schema SET sql = ''", "PRAGMA query_only = OFF",
        "PRAGMA user_version = 9", "PRAGMA application_id = 1", "PRAGMA wal_checkpoint(TRUNCATE)", "PRAGMA optimize",
        "PRAGMA incremental_vacuum", "PRAGMA temp_store_directory = '/tmp'", "PRAGMA hard_heap_limit = 0",
        "PRAGMA trusted_schema = ON", "SELECT * FROM pragma_journal_mode", "SELECT * FROM pragma_wal_checkpoint",
        "SELECT load_extension('libx.so')", "SELECT edit('x')", "SELECT writefile('x', 'y')",
        "SELECT fts3_tokenizer('simple', x'00')", "SELECT sqlite_log(1, 'x')",
    ]

    @Test func `no attempt to write succeeds, and no byte changes`() async throws {
        try await PolledVCenter.with(vms: 2) { polled in
            try await polled.collect()
            func files() throws -> [String: Data] {
                let names = try FileManager.default.contentsOfDirectory(atPath: polled.directory.path)
                return Dictionary(
                    uniqueKeysWithValues: try names.filter { !$0.hasSuffix("-shm") }.map {
                        ($0, try Data(contentsOf: URL(fileURLWithPath: polled.directory.path($0))))
                    })
            }
            // Also with a file that every write would reach.
            for _ in 0..<2 {
                let before = try files()
                for write in Self.writes {
                    let run = try await polled.history("sql", write)
                    expectOneLine(run, 64, "history: cannot run the query: ")
                    #expect(run.termination == .exited(64), "\(write)")
                }
                #expect(try files() == before)
                for suffix in ["-wal", "-shm"] {
                    try? FileManager.default.removeItem(atPath: polled.database + suffix)
                }
            }
            #expect(try polled.sql("PRAGMA integrity_check") == ["ok"])
        }
    }

    private static let values =
        "SELECT 9223372036854775807 AS i, 40.0 AS r, -9e999 AS n, NULL AS u, x'00FF' AS b, '=1+1' AS t, char(27, 10) || 'é\"' AS h, '' AS t"

    @Test(arguments: [
        (
            "json",
            "[\n{\"i\":9223372036854775807,\"r\":40.0,\"n\":-9e999,\"u\":null,\"b\":\"00ff\",\"t\":\"=1+1\",\"h\":\"\\u001b\\né\\\"\",\"t:1\":\"\"}\n]\n"
        ),
        (
            "ndjson",
            "{\"i\":9223372036854775807,\"r\":40.0,\"n\":-9e999,\"u\":null,\"b\":\"00ff\",\"t\":\"=1+1\",\"h\":\"\\u001b\\né\\\"\",\"t:1\":\"\"}\n"
        ),
        ("csv", "i,r,n,u,b,t,h,t\r\n9223372036854775807,40.0,-Inf,,x'00ff','=1+1,\"é\"\"\",\r\n"),
        (
            "table",
            """
            i     r     n  u     b        t     h    t
            9223372036854775807  40.0  -Inf  NULL  x'00ff'  =1+1   é"

            1 row

            """
        ),
    ])
    func `each format shows every kind of value`(format: String, expected: String) async throws {
        try await PolledVCenter.with(vms: 1) { polled in
            try await polled.collect()
            let run = try await polled.history("sql", Self.values, "--format", format)
            #expect(run.termination == .exited(0) && run.standardError.isEmpty)
            let lines = run.standardOutput.split(separator: "\n", omittingEmptySubsequences: false)
            let trimmed = lines.map { String($0).trimming { $0 == " " } }.joined(separator: "\n")
            #expect(trimmed == expected, "\(run.standardOutput)")
            let none = try await polled.history("sql", "SELECT 1 AS a WHERE 0", "--format", format)
            let expectedNone = ["json": "[]\n", "ndjson": "", "csv": "a\r\n", "table": "a\n\n0 rows\n"]
            #expect(none.standardOutput == expectedNone[format])
        }
    }

    @Test func `an error in the query is a usage error with SQLite's words and the place`() async throws {
        try await PolledVCenter.with(vms: 1) { polled in
            try await polled.collect()
            for (query, words) in [
                ("SELECT 1,\n  'é' FORM y z", "near \"y\": syntax error at line 2, column 12"),
                ("SELECT vmm FROM poll_history", "no such column: vmm at line 1, column 8; `history schema` shows"),
                ("SELECT * FROM absent", "no such table: absent"), ("", "it is empty"), (" -- x\n;", "it is empty"),
                ("SELECT 1; SELECT 2", "it is more than one statement"), ("SELECT :vm", "it has a parameter, :vm"),
                ("SELECT json('{')", "malformed JSON"), ("SELECT zeroblob(17000000)", "string or blob too big"),
                ("SELECT sum(9223372036854775807) FROM (SELECT 1 UNION ALL SELECT 2)", "integer overflow"),
            ] {
                let run = try await polled.history("sql", query)
                expectOneLine(run, 64, "history: cannot run the query: " + words)
            }
            let both = try await polled.history("sql", "--examples", "SELECT 1")
            #expect(both.termination == .exited(64) && both.standardError.contains("--examples takes no query"))
            let neither = try await polled.history("sql")
            #expect(neither.termination == .exited(64) && neither.standardError.contains("give a query"))
            let large = Array(repeating: "randomblob(15000000)", count: 40).joined(separator: ", ")
            let hungry = try await polled.history("sql", "SELECT \(large)")
            expectOneLine(hungry, 71, "it needs too much memory")
        }
    }

    @Test func `the query comes from standard input`() async throws {
        try await PolledVCenter.with(vms: 3) { polled in
            try await polled.collect()
            let run = try await polled.shell(
                "printf 'SELECT count(*) AS vms -- how many?\\nFROM virtual_machine_history;\\n' | $0 sql - --format csv"
            )
            #expect(run.termination == .exited(0) && run.standardOutput == "vms\r\n3\r\n", "\(run.standardError)")
            for (input, words) in [
                ("printf 'SELECT 1\\000'", "NUL"), ("printf '\\377'", "not UTF-8"),
                ("head -c 1000001 /dev/zero", "longer than 1000000 bytes"), (":", "it is empty"),
            ] {
                expectOneLine(try await polled.shell("\(input) | $0 sql -"), 64, words)
            }
            expectOneLine(try await polled.shell("$0 sql - < /"), 74, "Is a directory")
        }
    }

    @Test func `a query ends when its time is over`() async throws {
        try await PolledVCenter.with(vms: 1) { polled in
            try await polled.collect()
            for query in [Self.endless, Self.endless.replacing("count(*)", with: "x")] {
                let run = try await polled.history("sql", query, "--timeout", "200ms", "--format", "csv")
                #expect(run.termination == .exited(74))
                #expect(run.standardError.contains("the time for it (--timeout) is over"))
            }
        }
    }

    @Test func `Ctrl-C ends a query, whose memory does not grow with its rows`() async throws {
        try await PolledVCenter.with(vms: 1) { polled in
            try await polled.collect()
            // So many rows, then none for ever.
            func query(_ rows: Int, _ text: String) -> String {
                """
                WITH RECURSIVE c (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c)
                SELECT x, \(text) AS text FROM c WHERE x <= \(rows)
                """
            }
            for (format, query, size) in [
                ("table", query(200_000, "'abc'"), 2_000_000),
                ("ndjson", query(300_000, "hex(zeroblob(95))"), 60_000_000),
            ] {
                let run = try await polled.history("sql", query, "--format", format) { running in
                    try await waitUntil("the rows are written") { running.standardOutput.bytes.count > size }
                    let status = try String(
                        contentsOfFile: "/proc/\(running.processIdentifier)/status", encoding: .utf8)
                    let peak = try #require(status.firstMatch(of: /VmHWM:\s+(\d+) kB/).flatMap { Int($0.1) })
                    #expect(peak < 70_000, "\(format): \(peak) kB")
                    try running.send(.interrupt)
                }
                #expect(run.termination == .signaled(SIGINT), "\(format)")
            }
        }
    }

    @Test func `a query reads one instant while a run writes`() async throws {
        try await PolledVCenter.with(vms: 2) { polled in
            try await polled.collect()
            let lock = try DatabaseLock(of: polled.database)
            try lock.take()
            let held = try await polled.history("sql", "SELECT count(*) AS polls FROM poll_history", "--format", "csv")
            try lock.release()
            #expect(held.standardOutput == "polls\r\n2\r\n" && held.standardError.isEmpty)
            // A reader that waits until a whole run was recorded, while the query cannot go on.
            #expect(mkfifo(polled.directory.path("recorded"), 0o600) == 0)
            let query = """
                WITH RECURSIVE c (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c LIMIT 1000)
                SELECT hex(zeroblob(500)) AS filler, x, (SELECT count(*) FROM poll_history WHERE vm_name <> x) AS polls FROM c
                """
            let run = try await BuiltExecutable(path: "/bin/sh").run(
                "-c", "$0 sql \"$1\" --format csv | { head -n 1; read -r line < recorded; tail -n 1; }",
                BuiltExecutable.history.path, query,
                environment: polled.environment.merging(["PATH": "/usr/bin:/bin"]) { $1 }, in: polled.directory
            ) { running in
                try await running.wait(for: "filler,x,polls\r\n", in: \.standardOutput)
                try await polled.collect()
                try polled.directory.write("recorded", "now\n")
            }
            #expect(run.termination == .exited(0))
            #expect(run.standardOutput.hasSuffix("0,1000,2\r\n"), "\(run.standardOutput.suffix(100))")
            #expect(try polled.sql("SELECT count(*) FROM poll_history") == ["4"])
        }
    }

    @Test func `each example can be pasted into a shell`() async throws {
        try await TemporaryDirectory.with { directory in
            let demo = try await BuiltExecutable.history.run(
                "demo", "--vms", "25", "--days", "8", "--database", "history.db", in: directory,
                timeLimit: .seconds(300))
            #expect(demo.termination == .exited(0), "\(demo.standardError)")
            let file = SQLiteFile(directory.path("history.db"))
            let name = try file.rows(
                "SELECT vm_name FROM latest_error WHERE vm IN (SELECT vm FROM poll_history WHERE status = 'FAILED') ORDER BY vm_name"
            )[0]
            let listed = try await BuiltExecutable.history.run("sql", "--examples", in: directory)
            #expect(listed.termination == .exited(0) && listed.standardError.isEmpty)
            let examples = listed.standardOutput.replacing("web-01", with: name).components(separatedBy: "\n\n")
            #expect(examples.count >= 12)
            // The demo has a run every hour, and all of its VMs answer.
            let mayBeEmpty = "ended without anybody"
            let withoutRows = ["had no data", "more than two hours", "not complete"]
            for example in examples {
                let run = try await BuiltExecutable(path: "/bin/bash").run(
                    ["-ic", "history() { command \(BuiltExecutable.history.path) \"$@\" --format csv; }\n\(example)"],
                    environment: [
                        "PATH": "/usr/bin:/bin", "CUSTOMIZATION_HISTORY_DATABASE": file.path, "HISTFILE": "",
                    ], in: directory)
                #expect(run.termination == .exited(0), "\(example): \(run.standardError)")
                if example.contains(mayBeEmpty) { continue }
                let rows = run.standardOutput.components(separatedBy: "\r\n").count - 2
                #expect((rows > 0) != withoutRows.contains { example.contains($0) }, "\(example): \(rows) rows")
            }
        }
    }

    @Test func `a reader that stops reading ends the query`() async throws {
        try await PolledVCenter.with(vms: 1) { polled in
            try await polled.collect()
            let run = try await polled.shell(
                "$0 sql \"$1\" --format csv | head -n 2; echo", [Self.endless.replacing("count(*)", with: "x")])
            #expect(run.termination == .exited(0) && run.standardOutput == "x\r\n1\r\n\n" && run.standardError.isEmpty)
        }
    }
}

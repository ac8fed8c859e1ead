import Foundation
import GRDB
import GuestCustomization
import TestSupport
import Testing
import VCenterSimulator

/// A damaged or malicious history is reported in one line with exit code 65 and does not crash a command.
@Suite struct HostileHistoryTests {
    private static let commands = [
        ["report", "--since", "3650d", "--compare"], ["report", "--format", "json"], ["report", "--format", "html"],
        ["report", "--by", "day", "--format", "markdown"], ["report", "--by", "error", "--format", "csv"], ["runs"],
        ["runs", "--format", "json"], ["show", "vm-1001"], ["show", "vm-1002", "--format", "json"], ["metrics"],
        ["vcenter", "list"], ["collect"],
    ]

    @Test func `a damaged history is refused with table, column and row`() async throws {
        try await PolledVCenter.with { polled in
            try await polled.collect()
            try await polled.collect()
            let sound = try Data(contentsOf: URL(fileURLWithPath: polled.database))
            let customized = try polled.sql("SELECT vm FROM customization_history")[0]
            let alterations = [
                (
                    "UPDATE collection_run SET started_ms = 9223372036854775807 WHERE id = 2", "runs",
                    "collection_run.started_ms"
                ),
                ("UPDATE collection_run SET failed_polls = -1 WHERE id = 2", "metrics", "collection_run.failed_polls"),
                ("UPDATE collection_run SET polls = 9223372036854775807", "metrics", "collection_run.polls"),
                (
                    "UPDATE customization SET start_ms = -9223372036854775808 WHERE id = 1", "report",
                    "customization.start_ms"
                ),
                ("UPDATE customization SET outcome = 'mine' WHERE id = 1", "report", "customization.outcome"),
                ("UPDATE customization SET polls = 9223372036854775807", "show", "customization.polls"),
                (
                    "UPDATE customization SET answer_id = 4711 WHERE id = 1", "report",
                    "customization.answer_id names no row of answer"
                ),
                ("UPDATE migration SET sha256 = x''", "report", "migration"),
                ("UPDATE vcenter SET name = CAST(x'1B5B33316DFF' AS TEXT)", "collect", "vcenter.name"),
            ]
            for (sql, command, named) in alterations {
                try Self.restore(sound, polled)
                try Self.alter(polled, sql)
                let arguments =
                    switch command {
                    case "report": ["report", "--since", "3650d"]
                    case "show": ["show", customized]
                    default: [command]
                    }
                let run = try await polled.history(arguments)
                expectOneLine(run, 65, named, "restore a backup")
                if !named.hasPrefix("migration") && !sql.contains("polls = 9") {
                    #expect(run.standardError.contains("in the row with id "), "\(run.standardError)")
                }
            }
        }
    }

    @Test func `no value in a history ends a command by a signal`() async throws {
        let seed: UInt64 = 1
        try await PolledVCenter.with { polled in
            var random = SeededGenerator(seed: seed)
            try await polled.collect()
            try await polled.collect()
            let sound = try Data(contentsOf: URL(fileURLWithPath: polled.database))
            let columns = try polled.sql(
                "SELECT t.name, c.name, c.type FROM sqlite_schema AS t, pragma_table_info(t.name) AS c WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite%'"
            ).map { $0.split(separator: "|").map(String.init) }
            let numbers = [
                "9223372036854775807", "-9223372036854775808", "253402300800000", "-62135596800001", "-1", "0",
                "9007199254740992",
            ]
            let texts = [
                "''", "char(27, 8238, 155) || '[31m'", "CAST(x'FF61' AS TEXT)", "hex(zeroblob(50000))", "'9999'",
                "'=cmd|x'",
            ]
            for _ in 0..<24 {
                let column = random.pick(columns)
                let value = random.pick(column[2] == "TEXT" ? texts : numbers)
                let sql = "UPDATE OR IGNORE \(column[0]) SET \(column[1]) = \(value)"
                for command in [random.pick(Self.commands), random.pick(Self.commands)] {
                    try Self.restore(sound, polled)
                    try Self.alter(polled, sql)
                    let run = try await polled.history(command)
                    let isTold = [0, 3, 5, 64, 65, 78].contains { run.termination == .exited($0) }
                    #expect(isTold, "seed \(seed): \(sql): \(command): \(run.termination) \(run.standardError)")
                    #expect(
                        !(run.standardOutput + run.standardError).contains("\u{9B}"), "seed \(seed): \(sql): \(command)"
                    )
                }
            }
        }
    }

    @Test(arguments: [
        ("CREATE TRIGGER t BEFORE INSERT ON poll_block BEGIN SELECT RAISE(IGNORE); END", "trigger t on poll_block"),
        (
            "CREATE TRIGGER t AFTER INSERT ON customization BEGIN UPDATE customization SET outcome = 'succeeded'; END",
            "trigger t on customization"
        ),
        ("CREATE UNIQUE INDEX u ON poll_block (run_id, block)", "index u on poll_block"),
    ])
    func `a history with a foreign trigger or unique index is refused for collection`(sql: String, named: String)
        async throws
    {
        try await PolledVCenter.with { polled in
            try await polled.collect()
            try Self.alter(polled, sql)
            for command in ["collect", "report", "runs", "metrics"] {
                let run = try await polled.history(command)
                expectOneLine(run, 65, named)
            }
            #expect(try polled.sql("SELECT count(*) FROM collection_run") == ["1"])
        }
    }

    @Test func `a pipe in place of the history or of a file beside it blocks no command`() async throws {
        try await PolledVCenter.with { polled in
            #expect(mkfifo(polled.database, 0o600) == 0)
            for command in ["collect", "report"] {
                let run = try await polled.history(command)
                expectOneLine(run, 74, polled.database, "not a regular file")
            }
            try FileManager.default.removeItem(atPath: polled.database)
            try await polled.collect()
            for suffix in ["-wal", "-lock", "-journal"] {
                try? FileManager.default.removeItem(atPath: polled.database + suffix)
                #expect(mkfifo(polled.database + suffix, 0o600) == 0)
                let run = try await polled.history("collect")
                expectOneLine(run, 74, polled.database + suffix, "not a regular file")
                try FileManager.default.removeItem(atPath: polled.database + suffix)
            }
            #expect(polled.vCenter.activity.allRequests > 0)
        }
    }

    @Test func `a history restored from a backup does not take up the log of a killed run`() async throws {
        try await PolledVCenter.with(vms: 300, mayLeaveSessions: true, adjusting: { $0.latency = .milliseconds(50) }) {
            polled in
            try await polled.collect()
            let backup = try Data(contentsOf: URL(fileURLWithPath: polled.database))
            try await polled.collect()
            let killed = try await polled.history("collect", "--concurrency", "2") { running in
                try await polled.waitUntil("SELECT 1 FROM collection_run WHERE id = 3 AND polls > 0", is: ["1"])
                try running.send(.kill)
            }
            #expect(killed.termination == .signaled(SIGKILL))
            let files = FileManager.default
            #expect(try (files.attributesOfItem(atPath: polled.database + "-wal")[.size] as? Int ?? 0) > 0)
            try files.removeItem(atPath: polled.database)
            try backup.write(to: URL(fileURLWithPath: polled.database))
            for command in ["collect", "report", "runs"] {
                let run = try await polled.history(command)
                expectOneLine(run, 65, "delete \(polled.database)-wal and \(polled.database)-shm")
            }
            for suffix in ["-wal", "-shm"] { try files.removeItem(atPath: polled.database + suffix) }
            let run = try await polled.history("collect")
            #expect(run.termination == .exited(0), "\(run.standardError)")
            #expect(try polled.sql("SELECT count(*) FROM collection_run") == ["2"])
            #expect(try polled.sql("PRAGMA integrity_check") == ["ok"])
        }
    }

    private static func restore(_ sound: Data, _ polled: PolledVCenter) throws {
        for suffix in ["-wal", "-shm", "-told", "-logins"] {
            try? FileManager.default.removeItem(atPath: polled.database + suffix)
        }
        try sound.write(to: URL(fileURLWithPath: polled.database))
    }

    private static func alter(_ polled: PolledVCenter, _ sql: String) throws {
        var configuration = Configuration()
        configuration.foreignKeysEnabled = false
        let queue = try DatabaseQueue(path: polled.database, configuration: configuration)
        try queue.inDatabase { db in
            try db.execute(
                sql: "PRAGMA ignore_check_constraints = ON; INSERT INTO amendment_under_way (id) VALUES (1)")
            defer { try? db.execute(sql: "DELETE FROM amendment_under_way") }
            do {
                try db.execute(sql: sql)
            } catch let error as DatabaseError where error.resultCode == .SQLITE_CONSTRAINT {
                // The schema forbids this type.
            }
        }
        try queue.close()
    }
}

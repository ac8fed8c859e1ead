import GRDB
import GuestCustomization
import Testing

@testable import HistoryStore

/// What must hold of a history at any moment, told by the polls that were appended to it.
struct FoldInvariants {
    let history: TemporaryHistory
    let oracle: FoldOracle
    let seed: UInt64

    func requireDefinitions() throws {
        let expected = Self.sorted(oracle.customizations())
        let kept = Self.sorted(try history.customizations())
        try #require(kept == expected, "seed \(seed)")
        let reports = try history.query(
            """
            SELECT c.name, v.moid, e.name, l.last_reported_ms
            FROM last_report AS l JOIN virtual_machine_endpoint AS m ON m.id = l.virtual_machine_endpoint_id
            JOIN endpoint AS e ON e.id = m.endpoint_id
            JOIN virtual_machine AS v ON v.id = m.vm_id JOIN vcenter AS c ON c.id = v.vcenter_id
            WHERE l.last_reported_ms IS NOT NULL
            """)
        try #require(reports.sorted() == oracle.latestReports().sorted(), "seed \(seed)")
        let strays = try history.query(
            """
            SELECT l.virtual_machine_endpoint_id
            FROM latest_answer AS l LEFT JOIN customization AS u ON u.id = l.customization_id
            WHERE l.customization_id IS NOT NULL AND u.virtual_machine_endpoint_id IS NOT l.virtual_machine_endpoint_id
            """)
        try #require(strays.isEmpty, "a customization of another VM, seed \(seed)")
        let listed = try history.query(
            """
            SELECT c.name, v.moid FROM listed_virtual_machine AS l
            JOIN virtual_machine AS v ON v.id = l.vm_id JOIN vcenter AS c ON c.id = v.vcenter_id
            """)
        try #require(listed.sorted() == oracle.listedVMs().sorted(), "seed \(seed)")
        let places = try history.query(
            """
            SELECT ifnull(u.window_ms, l.polled_ms) AS place
            FROM customization AS u LEFT JOIN latest_poll AS l USING (virtual_machine_endpoint_id) ORDER BY place
            """)
        try #require(places == expected.map(FoldOracle.windowInstant).sorted().map { "\($0)" }, "seed \(seed)")
    }

    /// Whatever stands in the rows that are made from polls, a rebuild gives what was kept; also one by another process.
    func requireRebuild(byAnother: Bool = false) async throws {
        let kept = try history.query(Self.dump)
        let database = byAnother ? try TemporaryHistory.open(history.path) : history.database
        try await database.queue.writeWithoutTransaction { db in
            try db.execute(
                sql: """
                    UPDATE latest_answer SET customization_id = NULL, last_reported_ms = 7, since_run_id = 1;
                    DELETE FROM latest_answer WHERE virtual_machine_endpoint_id % 3 = 0;
                    UPDATE customization SET id = id + 100, outcome = 'other', end_first_polled_ms = 7, polls = 77, last_polled_ms = 7;
                    UPDATE poll_span SET last_run_id = 1 WHERE last_run_id IS NULL;
                    DELETE FROM poll_span WHERE virtual_machine_endpoint_id % 2 = 0;
                    UPDATE collection_run SET sequence = 7;
                    """)
        }
        try await database.rebuildCustomizations()
        if byAnother { try database.close() }
        try #require(try history.query(Self.dump) == kept, "rebuilt, seed \(seed)")
        let runs = try history.query("SELECT count(*) FROM collection_run WHERE outcome <> 'running'")
        let verified = try history.database.verify()
        try #require(["\(verified.runs)"] == runs && verified.isWhole, "verified, seed \(seed)")
    }

    /// All that the polls add up to, without the row numbers, which depend on the way there.
    static let dump = """
        SELECT m.vm_id, m.endpoint_id, u.identity_basis, u.identity_value, u.outcome, u.start_ms, u.end_ms, u.end_first_polled_ms,
            u.first_polled_ms, u.last_polled_ms, u.polls, u.window_ms, u.answer_id, l.customization_id = u.id, l.answer_id,
            l.since_run_id, l.last_reported_ms
        FROM virtual_machine_endpoint AS m LEFT JOIN latest_answer AS l ON l.virtual_machine_endpoint_id = m.id
        LEFT JOIN customization AS u ON u.virtual_machine_endpoint_id = m.id
        UNION ALL
        SELECT 'span', *, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 FROM poll_span
        UNION ALL
        SELECT 'run', id, sequence, is_regular, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 FROM collection_run
        ORDER BY 1, 2, 3, 4
        """

    /// Every poll has its own answer, each distinct answer is there once, and the runs count their polls.
    func requirePolls() throws {
        let polls = try history.query(
            """
            SELECT r.id, c.name, v.moid, p.polled_ms, a.result, a.http_status, a.status, a.start_ms, a.end_ms,
                a.error_id, a.error_message, a.raw
            FROM poll AS p JOIN answer AS a ON a.id = p.answer_id JOIN virtual_machine AS v ON v.id = p.vm_id
            JOIN vcenter AS c ON c.id = v.vcenter_id JOIN collection_run AS r ON r.id = p.run_id
            """)
        try #require(polls.sorted() == oracle.entries.map(Self.line).sorted(), "seed \(seed)")
        let answers = Set(oracle.entries.map { Self.line($0.answer) })
        try #require(try history.query("SELECT count(*) FROM answer") == ["\(answers.count)"], "seed \(seed)")

        let runs = Dictionary(grouping: oracle.entries, by: \.run).sorted { $0.key < $1.key }.map { run, entries in
            let failed = entries.count { ![.reported, .notFound, .unauthorized].contains($0.answer.result) }
            let reported = entries.filter { $0.answer.result == .reported }.map(\.polledAt.unixMilliseconds)
            return "\(run.rawValue)|\(entries.count)|\(failed)|\(reported.count)|\(Self.cell(reported.max()))"
        }
        let columns = "id, polls, failed_polls, reported_polls, last_reported_ms"
        try #require(
            try history.query("SELECT \(columns) FROM collection_run WHERE polls > 0 ORDER BY id") == runs,
            "seed \(seed)")
    }

    private static func line(_ entry: FoldOracle.Entry) -> String {
        "\(entry.run.rawValue)|\(entry.vCenter)|\(entry.vm)|\(entry.polledAt.unixMilliseconds)|\(line(entry.answer))"
    }

    private static func line(_ answer: Answer) -> String {
        let times = [answer.info?.startTime, answer.info?.endTime].map { cell($0?.unixMilliseconds) }
        let texts = [answer.errorID, answer.errorMessage].map { cell($0?.replacing("\0", with: "\u{FFFD}")) }
        let body = answer.body.map { bytes in
            bytes.contains(0)
                ? "x" + bytes.map { String($0, radix: 16) }.joined() : String(decoding: bytes, as: UTF8.self)
        }
        return
            ([answer.result.rawValue, cell(answer.httpStatus), cell(answer.info?.status.rawValue)] + times + texts
            + [cell(body)]).joined(separator: "|")
    }

    private static func cell(_ value: (some CustomStringConvertible)?) -> String { value.map { "\($0)" } ?? "NULL" }

    private static func sorted(_ customizations: [Customization]) -> [Customization] {
        customizations.sorted { String(describing: $0) < String(describing: $1) }
    }
}

import GRDB
import GuestCustomization
import Testing

@testable import HistoryStore

/// What an auditor asks reads what it is about and no more, on a file that nobody ever ran ANALYZE on.
@Suite struct QueryPlanTests {
    /// Questions, and the tables that they may scan.
    private static let questions: [(sql: String, scanned: Set<String>)] = [
        ("SELECT * FROM poll_history WHERE vm = 'vm-1'", []),
        ("SELECT count(*) FROM poll_history WHERE vm_name = 'name of vm-1'", []),
        ("SELECT * FROM poll_history WHERE vcenter = 'vc' AND vm = 'vm-1'", []),
        ("SELECT * FROM poll_history WHERE run_id = 2", ["p"]),
        ("SELECT * FROM poll_history WHERE run_id BETWEEN 2 AND 3", ["p"]),
        ("SELECT * FROM poll_history WHERE run_id = 2 AND vm = 'vm-1'", []),
        ("SELECT * FROM poll_history WHERE run_id BETWEEN 2 AND 3 AND vm_name = 'name of vm-1'", []),
        (
            "SELECT * FROM poll_history WHERE vm_name = 'name of vm-1' AND polled_at >= '2026-11-01' AND polled_at < '2026-11-02'",
            []
        ),
        (
            """
            SELECT * FROM poll_history WHERE run_id IN (
                SELECT run_id FROM collection_run_history WHERE started_at >= '2026-11-01' AND started_at < '2026-11-02'
            )
            """, ["p", "r"]
        ),
        (
            """
            SELECT * FROM poll_history WHERE vm = 'vm-1' AND run_id IN (
                SELECT run_id FROM collection_run_history WHERE started_at >= '2026-11-01'
            )
            """, ["r"]
        ),
        ("SELECT * FROM customization_history WHERE vm = 'vm-1'", []),
        ("SELECT * FROM customization_history WHERE vm_name = 'name of vm-1'", []),
        (
            "SELECT * FROM virtual_machine_history WHERE vm_name = 'name of vm-1'",
            ["m", "l", "listed_virtual_machine", "(subquery-0)"]
        ),
        // "s" is what the other parts of the query found.
        ("SELECT * FROM event_history WHERE vm = 'vm-1'", ["s"]),
        ("SELECT * FROM event_history WHERE vm_name = 'name of vm-1'", ["s"]),
        ("SELECT * FROM latest_poll WHERE virtual_machine_endpoint_id = 1", []),
    ]

    @Test(arguments: questions.indices)
    func `an auditor's questions about polls use indexes`(index: Int) async throws {
        let (sql, allowed) = Self.questions[index]
        let history = try TemporaryHistory()
        for hour in 0..<3 {
            try await history.run(
                at: .epoch(Double(hour) * 3600),
                (0..<200).map { ("vm-\($0)", .status(.succeeded, start: 0, end: Double($0 + 1))) })
        }
        let steps = try await DatabaseQueue(path: history.path).read { db in
            try Row.fetchAll(db, sql: "EXPLAIN QUERY PLAN \(sql)").map { $0["detail"] as String }
        }
        let scanned = Set(steps.filter { $0.hasPrefix("SCAN ") }.map { String($0.split(separator: " ")[1]) })
        #expect(
            scanned.filter { !$0.hasPrefix("(") }.isSubset(of: allowed) && !steps.contains { $0.contains("AUTOMATIC") },
            "\(sql)\n\(steps.joined(separator: "\n"))")
    }

    @Test func `a question about all polls reads the blocks in order, not VM by VM`() async throws {
        let history = try TemporaryHistory()
        for condition in [
            "TRUE", "status = 'FAILED'", "polled_at >= '2026'", "endpoint = 'customization'", "vcenter = 'vc'",
        ] {
            let steps = try await DatabaseQueue(path: history.path).read { db in
                try Row.fetchAll(db, sql: "EXPLAIN QUERY PLAN SELECT * FROM poll_history WHERE \(condition)")
                    .map { $0["detail"] as String }
            }
            #expect(steps.contains("SCAN b"), "\(condition)\n\(steps.joined(separator: "\n"))")
        }
    }

    /// A backfill asks it for each of a million events.
    @Test(arguments: [true, false])
    func `whether an event was recorded is looked up among the VM's events`(hasVM: Bool) async throws {
        let history = try TemporaryHistory()
        let steps = try await DatabaseQueue(path: history.path).read { db in
            try Row.fetchAll(
                db, sql: "EXPLAIN QUERY PLAN \(EventWriter.recordedQuery(hasVM: hasVM))",
                arguments: [1, 2, "type", 4, "vm-1"]
            ).map { $0["detail"] as String }
        }
        #expect(
            steps.first == "SEARCH e USING INDEX event_by_vm (virtual_machine_endpoint_id=? AND event_key=?)"
                && !steps.contains { $0.contains("SCAN") },
            "\(steps.joined(separator: "\n"))")
    }
}

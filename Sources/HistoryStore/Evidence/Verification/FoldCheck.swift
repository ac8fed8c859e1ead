import GRDB
import GuestCustomization

/// Checks that the derived tables are what the polls come to.
enum FoldCheck {
    /// - Parameter db: A connection that may write to temporary tables, without checks of foreign keys.
    static func run(_ db: Database) throws {
        try DerivedCopy.make(db)
        var rebuild = try Rebuild(db)
        try rebuild.run(db)
        for (query, finding) in comparisons { try compare(query, finding, db) }
    }

    /// Queries with `SCHEMA` in the place of `main` and `temp`, whose first two columns name the vCenter and the VM.
    private static let comparisons = [
        (
            """
            SELECT c.name, v.moid, m.endpoint_id, u.identity_basis, u.identity_value, u.outcome, u.start_ms, u.end_ms,
                u.end_first_polled_ms, u.first_polled_ms, u.last_polled_ms, u.polls, u.window_ms, u.answer_id,
                s.virtual_machine_endpoint_id, s.identity_basis, s.identity_value
            FROM SCHEMA.customization AS u JOIN main.virtual_machine_endpoint AS m ON m.id = u.virtual_machine_endpoint_id
            LEFT JOIN SCHEMA.customization AS s ON s.id = u.same_as
            """, "a customization does not follow from its polls and events"
        ),
        (
            """
            SELECT c.name, v.moid, m.endpoint_id, l.answer_id, l.since_run_id, l.last_reported_ms, u.identity_basis, u.identity_value
            FROM SCHEMA.latest_answer AS l JOIN main.virtual_machine_endpoint AS m ON m.id = l.virtual_machine_endpoint_id
            LEFT JOIN SCHEMA.customization AS u ON u.id = l.customization_id
            """, "its latest answer does not follow from its polls"
        ),
        (
            """
            SELECT c.name, v.moid, s.* FROM SCHEMA.poll_span AS s
            JOIN main.virtual_machine_endpoint AS m ON m.id = s.virtual_machine_endpoint_id
            """, "the runs that polled it do not follow from its polls"
        ),
    ]

    private static func compare(_ query: String, _ finding: String, _ db: Database) throws {
        let named =
            query + " JOIN main.virtual_machine AS v ON v.id = m.vm_id JOIN main.vcenter AS c ON c.id = v.vcenter_id"
        let (stored, computed) = (named.replacing("SCHEMA", with: "main"), named.replacing("SCHEMA", with: "temp"))
        for sql in ["\(stored) EXCEPT \(computed)", "\(computed) EXCEPT \(stored)"] {
            let found = try db.firstRow(of: "\(sql: sql) LIMIT 1") {
                "\(try $0.text(1).shownFromFile) on \(try $0.text(0).shownFromFile)"
            }
            if let found {
                throw Discrepancy("\(found): \(finding); `\(ProgramName.called) rebuild` computes it again")
            }
        }
        let run = try db.firstRow(
            of: """
                SELECT r.id FROM main.collection_run AS r JOIN temp.collection_run AS t ON t.id = r.id
                WHERE r.sequence IS NOT t.sequence OR r.is_regular IS NOT t.is_regular LIMIT 1
                """
        ) { try $0.id(0) }
        if let run { throw Discrepancy("run \(run): its place among the runs does not follow from its polls") }
    }
}

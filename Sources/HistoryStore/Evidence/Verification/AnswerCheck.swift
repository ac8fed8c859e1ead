import GRDB
import GuestCustomization

/// Checks that each answer has the digest that it is sealed by.
struct AnswerCheck {
    /// Whether answers that nothing uses may be left from a removal of old polls.
    let isRemovalUnfinished: Bool

    func run(_ db: Database) throws {
        var bytes = AnswerBytes()
        var altered: Int64?
        let query: SQL = """
            SELECT id, sha256, result, is_answer, http_status, status, start_ms, end_ms, error_id, error_message,
                error_untranslated, raw
            FROM answer ORDER BY id
            """
        try db.readRows(of: query) { row in
            try bytes.write(row, from: 2)
            if try row.digest(1) != AnswerDigest(bytes) { altered = try row.id(0) }
            return altered == nil
        }
        if let altered { throw try Self.discrepancy(altered, "was altered", db) }
        guard !isRemovalUnfinished else { return }
        let added = try db.firstRow(
            of: """
                SELECT id FROM answer WHERE id NOT IN (
                    SELECT answer_id FROM answer_change UNION ALL SELECT answer_id FROM baseline_answer
                    UNION ALL SELECT answer_id FROM baseline_customization UNION ALL SELECT answer_id FROM event
                ) ORDER BY id LIMIT 1
                """
        ) { try $0.id(0) }
        if let added { throw try Self.discrepancy(added, "was added", db) }
    }

    /// Names the first run that got the answer.
    private static func discrepancy(_ answer: Int64, _ what: String, _ db: Database) throws -> Discrepancy {
        let found = try db.firstRow(
            of: """
                SELECT a.run_id, c.name, v.moid FROM answer_change AS a
                JOIN virtual_machine_endpoint AS m ON m.id = a.virtual_machine_endpoint_id
                JOIN virtual_machine AS v ON v.id = m.vm_id JOIN vcenter AS c ON c.id = v.vcenter_id
                WHERE a.answer_id = \(answer) ORDER BY a.run_id LIMIT 1
                """
        ) { (run: try $0.id(0), vCenter: try $0.text(1), vm: try $0.text(2)) }
        guard let found else { return Discrepancy("answer \(answer), which no poll got, \(what)") }
        return Discrepancy(
            run: found.run, of: found.vCenter, "the answer of \(found.vm.shownFromFile) \(what) (answer \(answer))")
    }
}

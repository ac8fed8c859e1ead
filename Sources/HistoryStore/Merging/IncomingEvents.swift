import GRDB
import GuestCustomization

/// Brings in the events of one vCenter's runs, and how far they were read.
struct IncomingEvents {
    /// The numbers here of the runs that are brought in, by those there.
    let runs: [Int64: Int64]
    /// The rows of `virtual_machine_endpoint` here by those there.
    let rows: [Int64: Int64]

    /// - Parameter there: The runs of the vCenter there, in their order.
    func bring(
        _ there: [Int64], _ answers: inout IncomingAnswers, _ source: Database, _ target: Database
    ) throws {
        for run in there {
            guard let here = runs[run] else { throw StoredValueFault(complaint: "has no row for the run") }
            let query: SQL = """
                SELECT virtual_machine_endpoint_id, event_key, generation, answer_id FROM event WHERE run_id = \(run) ORDER BY id
                """
            try source.forEachRow(of: query) { row in
                let vm = try row.idOrNull(0)
                guard vm == nil || vm.flatMap({ rows[$0] }) != nil else {
                    throw StoredValueFault(complaint: "is not the row of a VM")
                }
                let answer = try answers.row(of: row.id(3), source, target)
                try target.cachedStatement(
                    sql: """
                        INSERT INTO event (run_id, virtual_machine_endpoint_id, event_key, generation, answer_id) VALUES (?, ?, ?, ?, ?)
                        """
                ).run(
                    [
                        .integer(here), .integer(vm.flatMap { rows[$0] }),
                        .integer(try row.integer(1, in: .min...(.max), "is not an integer")),
                        .integer(Int64(try row.count(2))), .integer(answer),
                    ], target)
            }
        }
    }

    /// Takes over how far the events of a vCenter were read, if they were not read here.
    static func bringReading(of there: Int64, to here: Int64, _ source: Database, _ target: Database) throws {
        let columns = """
            event_key, event_ms, generation, complete_since_ms, read_ms, backfill_since_ms, backfill_key, backfill_ms
            """
        let values = try source.firstRow(
            of: "SELECT \(sql: columns) FROM event_reading WHERE vcenter_id = \(there)"
        ) { row in
            try (CInt(0)..<8).map { index in
                row.isNull(index) ? .null : ParameterValue.integer(try row.integer(index, in: .min...(.max), ""))
            }
        }
        guard let values else { return }
        try target.cachedStatement(
            sql: """
                INSERT INTO event_reading (vcenter_id, \(columns)) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING
                """
        ).run([.integer(here)] + values, target)
    }
}

import GRDB

/// Keeps `poll_span`, from which the number of polls of a VM and the run of its latest poll follow without reading polls.
///
/// A VM that is polled in one run after another costs no write. Runs that polled few of the VMs, such as one of `--vm`, are not regular:
/// otherwise each of them would end the spans of all other VMs.
struct PollSpans {
    let vCenterID: Int64
    let endpointID: Int64

    /// The latest regular run; `nil` if there is none.
    func latestRegularRun(_ db: Database) throws -> (id: Int64, sequence: Int)? {
        try db.firstRow(
            of: """
                SELECT id, sequence FROM collection_run
                WHERE is_regular = 1 AND vcenter_id = \(vCenterID) AND endpoint_id = \(endpointID) ORDER BY id DESC LIMIT 1
                """
        ) { (try $0.id(0), try $0.count(1)) }
    }

    /// Begins the span of a VM that was not polled in the previous regular run.
    static func begin(_ row: Int64, at run: Int64, _ db: Database) throws {
        try db.cachedStatement(
            sql: "INSERT INTO poll_span (virtual_machine_endpoint_id, first_run_id) VALUES (?, ?)"
        ).run([.integer(row), .integer(run)], db)
    }

    /// Records that a run has no more polls.
    ///
    /// - Returns: The rows of `virtual_machine_endpoint` whose open spans are ended.
    @discardableResult
    func end(_ run: Int64, _ db: Database) throws -> [Int64] {
        let polled = try PollBlockTable(runID: run).polledRows(db)
        let open = try openSpans(db)
        let missing = open.keys.filter { !polled.contains($0) }
        let isRegular = !polled.isEmpty && missing.count <= polled.count
        let ended = isRegular ? missing : polled.filter { open[$0] == run }
        if isRegular {
            if let last = try latestRegularRun(db) { try Self.end(ended, at: last.id, db) }
        } else {
            try Self.end(ended, at: run, db)
            for row in polled where open[row] != run {
                try db.cachedStatement(
                    sql: """
                        INSERT INTO poll_span (virtual_machine_endpoint_id, first_run_id, last_run_id) VALUES (?1, ?2, ?2)
                        """
                ).run([.integer(row), .integer(run)], db)
            }
        }
        try db.cachedStatement(sql: "UPDATE collection_run SET is_regular = ? WHERE id = ?")
            .run([.integer(isRegular ? 1 : 0), .integer(run)], db)
        return ended
    }

    private static func end(_ rows: some Sequence<Int64>, at run: Int64, _ db: Database) throws {
        for row in rows {
            try db.cachedStatement(
                sql: """
                    UPDATE poll_span SET last_run_id = ? WHERE virtual_machine_endpoint_id = ? AND last_run_id IS NULL
                    """
            ).run([.integer(run), .integer(row)], db)
        }
    }

    /// The first run of each open span, by its row of `virtual_machine_endpoint`.
    private func openSpans(_ db: Database) throws -> [Int64: Int64] {
        var spans: [Int64: Int64] = [:]
        let statement = try db.cachedStatement(
            sql: """
                SELECT s.virtual_machine_endpoint_id, s.first_run_id FROM poll_span AS s
                JOIN collection_run AS r ON r.id = s.first_run_id
                WHERE s.last_run_id IS NULL AND r.vcenter_id = ? AND r.endpoint_id = ?
                """)
        statement.bind([.integer(vCenterID), .integer(endpointID)])
        try statement.forEachRow(db) { spans[try $0.id(0)] = try $0.id(1) }
        return spans
    }
}

import GRDB
import GuestCustomization

/// What has to be known about one VM and endpoint to record a poll whose answer is the same again. There is one for each VM of a run, so it
/// is small; the rest is read when an answer is new (`AnswerState`).
struct TrackedVM {
    let vmID: Int64
    /// Row of `virtual_machine_endpoint`.
    let id: Int64
    /// Whether this run has polled it.
    var isPolled = false
    /// Whether the latest regular run or this one polled it.
    var hasOpenSpan = false
    /// Whether the vCenter no longer listed it while a customization was under way. If it comes back, its answer counts as new, even if
    /// it equals the last one.
    var isLost = false
    /// Its latest answer; `nil` before its first poll.
    var answer: AnswerRegister.Row?

    init(vmID: Int64, id: Int64) {
        (self.vmID, self.id) = (vmID, id)
    }

    /// Whether an answer says anything that the previous one did not.
    func isNews(_ answerID: Int64) -> Bool { isLost || answer?.id != answerID }
}

extension TrackedVM {
    private static let query = """
        SELECT v.id, v.moid, m.id, s.first_run_id, l.answer_id, a.sha256, l.customization_id, u.id,
            a.result = 'reported' AND u.last_polled_ms IS NOT NULL
        FROM virtual_machine AS v
        LEFT JOIN virtual_machine_endpoint AS m ON m.vm_id = v.id AND m.endpoint_id = ?
        LEFT JOIN poll_span AS s ON s.virtual_machine_endpoint_id = m.id AND s.last_run_id IS NULL
        LEFT JOIN latest_answer AS l ON l.virtual_machine_endpoint_id = m.id
        LEFT JOIN answer AS a ON a.id = l.answer_id
        LEFT JOIN customization AS u ON u.id = l.customization_id
        WHERE v.vcenter_id = ? AND v.is_current = 1
        """

    /// Loads the VM as the last run left it; adds the rows that it does not have yet.
    init(
        moid: String, vCenterID: Int64, endpointID: Int64, _ db: Database
    ) throws {
        var found: TrackedVM?
        var knownID: Int64?
        let statement = try db.cachedStatement(sql: Self.query + " AND v.moid = ?")
        try statement.setArguments([endpointID, vCenterID, moid])
        try statement.forEachRow(db) { row in
            knownID = try row.id(0)
            found = try TrackedVM(row)
        }
        if let found {
            self = found
            return
        }
        if knownID == nil {
            try db.cachedStatement(
                sql: "INSERT INTO virtual_machine (vcenter_id, moid, name, shown_name) VALUES (?, ?, ?, ?)"
            )
            .execute(arguments: [vCenterID, moid, moid, moid])
        }
        let vmID = knownID ?? db.lastInsertedRowID
        self.init(vmID: vmID, id: try Self.insert(vmID, endpointID, db))
    }

    /// Loads every VM of a vCenter and endpoint that was polled or listed before: one statement for all costs a fraction
    /// of one for each.
    static func forEach(
        vCenterID: Int64, endpointID: Int64, _ db: Database, _ body: (_ moid: String, TrackedVM) throws -> Void
    ) throws {
        let statement = try db.cachedStatement(sql: query)
        try statement.setArguments([endpointID, vCenterID])
        try statement.forEachRow(db) { row in
            if let vm = try TrackedVM(row) { try body(try row.text(1), vm) }
        }
    }

    /// Reads a row of `query`; `nil` for a VM that was not polled at the endpoint yet. A row that is referenced and missing reads as NULL.
    private init?(_ row: StatementColumns) throws {
        guard let id = try row.idOrNull(2) else { return nil }
        self.init(vmID: try row.id(0), id: id)
        hasOpenSpan = try row.idOrNull(3) != nil
        guard let answerID = try row.idOrNull(4) else { return }
        answer = AnswerRegister.Row(id: answerID, digest: try row.digest(5))
        guard try row.idOrNull(6) != nil else { return }
        _ = try row.id(7)
        isLost = try row.flag(8)
    }

    private static func insert(_ vmID: Int64, _ endpointID: Int64, _ db: Database) throws -> Int64 {
        try db.cachedStatement(
            sql: "INSERT INTO virtual_machine_endpoint (vm_id, endpoint_id) VALUES (?, ?)"
        ).execute(arguments: [vmID, endpointID])
        return db.lastInsertedRowID
    }
}

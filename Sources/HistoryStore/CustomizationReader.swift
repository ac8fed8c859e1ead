import GRDB
import GuestCustomization

/// Reads rows of `customization` as values.
///
/// What all customizations of a VM and endpoint have in common is read once: joined to each row, it took as long as the rows.
struct CustomizationReader {
    /// What a query for `forEach` begins with; it goes on with its conditions.
    static let rows: SQL = """
        SELECT u.id, u.virtual_machine_endpoint_id, u.outcome, u.start_ms, u.end_ms, u.end_first_polled_ms,
            u.first_polled_ms, u.last_polled_ms, u.polls, a.status, a.error_id, a.error_message, a.error_untranslated
        FROM customization AS u JOIN answer AS a ON a.id = u.answer_id
        """

    private var owners: [Owner] = []
    /// Their rows of `virtual_machine_endpoint`, ascending.
    private var ids: [Int64] = []

    /// - Parameter condition: On `virtual_machine_endpoint AS m`, `virtual_machine AS v` and `vcenter AS c`; customizations of others
    ///   are left out.
    init(of condition: SQL, _ db: Database) throws {
        let request: SQLRequest<Row> = """
            SELECT c.name, v.moid, v.name, m.endpoint_id, l.customization_id, l.last_reported_ms, l.polls, m.id, v.instance_uuid,
                v.id IN (SELECT vm_id FROM listed_virtual_machine)
            FROM virtual_machine_endpoint AS m
            LEFT JOIN last_report AS l ON l.virtual_machine_endpoint_id = m.id
            JOIN virtual_machine AS v ON v.id = m.vm_id
            JOIN vcenter AS c ON c.id = v.vcenter_id
            WHERE \(condition) ORDER BY m.id
            """
        try request.makePreparedRequest(db).statement.forEachRow(db) { row in
            owners.append(try Owner(row, number: owners.count))
            ids.append(row.integer(7))
        }
    }

    /// Hands over the customizations of a request that begins with `rows`.
    func forEach(_ request: SQLRequest<Row>, _ db: Database, _ body: (Customization) throws -> Void) throws {
        try request.makePreparedRequest(db).statement.forEachRow(db) { row in
            if let owner = owner(row.integer(1)) { try body(Customization(row, of: owner)) }
        }
    }

    /// Adds the customizations whose `window_ms` is at or after `since` to a tally.
    func add(since: Timestamp, to tally: inout some CustomizationTally, _ db: Database) throws {
        // The index would only cost time if it leads to every row.
        let first = try Timestamp.fetchOne(db, sql: "SELECT min(window_ms) FROM customization")
        let isWhole = first.map { $0 >= since } ?? true
        // Each column has its price, a million times: what a succeeded one has nothing to tell by is left out.
        let all = try db.cachedStatement(
            sql: """
                SELECT id, virtual_machine_endpoint_id, outcome, start_ms, end_ms FROM customization
                \(isWhole ? "ORDER BY id" : "WHERE window_ms >= ? ORDER BY window_ms, id")
                """)
        try all.setArguments(isWhole ? [] : [since])
        let (sql, _) = try Self.rows.build(db)
        let one = try db.cachedStatement(sql: "\(sql) WHERE u.id = ?")
        try all.forEachRow(db) { row in
            guard let owner = owner(row.integer(1)) else { return }
            if row.isText(2, "succeeded"), let end = row.timestampOrNull(4) {
                tally.addSuccess(
                    of: owner.vm, endpoint: owner.endpoint, at: end,
                    durationSeconds: row.timestampOrNull(3).map { end.seconds(since: $0) })
            } else {
                try one.setArguments([row.integer(0)])
                try one.forEachRow(db) { tally.add(try Customization($0, of: owner)) }
            }
        }
    }

    /// SQLite numbers rows one after the other, so that most often the first look finds it.
    private func owner(_ id: Int64) -> Owner? {
        guard let first = ids.first, let last = ids.last, id >= first, id <= last else { return nil }
        var (low, high) = (0, ids.count)
        let (distance, overflow) = id.subtractingReportingOverflow(first)
        if !overflow, distance < high, ids[Int(distance)] == id { return owners[Int(distance)] }
        while low < high {
            let middle = low + (high - low) / 2
            if ids[middle] < id { low = middle + 1 } else { high = middle }
        }
        return ids[low] == id ? owners[low] : nil
    }
}

/// What all customizations of a VM and endpoint have in common.
private final class Owner {
    let vm: CustomizedVM
    let endpoint: Endpoint
    /// The current customization, whose latest figures are with the owner; 0 if there is none.
    let currentID: Int64
    let lastReportedAt: Timestamp
    let polls: Int

    init(_ row: StatementColumns, number: Int) throws {
        guard let endpoint = Endpoint(storedID: row.integer(3)) else {
            throw DatabaseError(resultCode: .SQLITE_CORRUPT, message: "a customization of unknown endpoint")
        }
        vm = CustomizedVM(
            vCenter: try row.text(0), id: try row.text(1), instanceUUID: row.textOrNull(8), name: try row.text(2),
            isListed: row.integer(9) != 0,
            number: number)
        self.endpoint = endpoint
        currentID = row.integer(4)
        lastReportedAt = row.timestamp(5)
        polls = Int(row.integer(6))
    }
}

extension Customization {
    fileprivate init(_ row: StatementColumns, of owner: Owner) throws {
        guard let outcome = CustomizationOutcome(rawValue: try row.text(2)) else {
            throw DatabaseError(resultCode: .SQLITE_CORRUPT, message: "a customization of unknown outcome")
        }
        let isCurrent = owner.currentID == row.integer(0)
        self.init(
            of: owner.vm, endpoint: owner.endpoint, outcome: outcome,
            status: CustomizationStatus(rawValue: try row.text(9)), startTime: row.timestampOrNull(3),
            endTime: row.timestampOrNull(4), endFirstPolledAt: row.timestampOrNull(5),
            firstPolledAt: row.timestamp(6), lastPolledAt: isCurrent ? owner.lastReportedAt : row.timestamp(7),
            polls: isCurrent ? owner.polls : Int(row.integer(8)), errorID: row.textOrNull(10),
            errorMessage: row.textOrNull(11), untranslatedError: row.textOrNull(12))
    }
}

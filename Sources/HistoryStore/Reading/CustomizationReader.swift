import GRDB
import GuestCustomization

/// Reads rows of `customization` as values.
///
/// The values that all customizations of a VM and endpoint share are read once: joining them to each row took as long as reading the
/// rows.
struct CustomizationReader {
    /// The beginning of a query for `forEach`; its conditions follow.
    static let rows: SQL = """
        SELECT u.id, u.virtual_machine_endpoint_id, u.outcome, ifnull(u.start_ms, (
                SELECT o.start_ms FROM customization AS o WHERE o.same_as = u.id AND o.start_ms <= ifnull(u.end_ms, o.start_ms)
            )), u.end_ms, u.end_first_polled_ms, u.first_polled_ms,
            ifnull(u.last_polled_ms, (
                SELECT l.polled_ms FROM latest_poll AS l WHERE l.virtual_machine_endpoint_id = u.virtual_machine_endpoint_id
            )),
            u.polls + iif(u.last_polled_ms IS NULL, (
                SELECT l.polls FROM latest_poll AS l WHERE l.virtual_machine_endpoint_id = u.virtual_machine_endpoint_id
            ), 0), a.status, a.error_id, a.error_message, a.error_untranslated,
            iif(u.last_polled_ms IS NOT NULL AND u.outcome IN ('running', 'pending') AND u.identity_basis <> 'event', (
                SELECT p.polled_ms FROM collection_run AS r CROSS JOIN poll AS p ON p.run_id = r.id
                JOIN answer AS o ON o.id = p.answer_id
                WHERE p.virtual_machine_endpoint_id = u.virtual_machine_endpoint_id AND o.is_answer = 1 AND o.result <> 'unauthorized'
                ORDER BY r.id DESC LIMIT 1
            ), NULL)
        FROM customization AS u LEFT JOIN answer AS a ON a.id = u.answer_id
        """

    /// Whether a row of `customization AS u` is counted, rather than another row that tells of the same customization.
    ///
    /// - Parameter endpoints: Those of which customizations are read; empty for all.
    static func isCounted(among endpoints: [Endpoint]) -> SQL {
        guard !endpoints.isEmpty, Set(endpoints) != Set(Endpoint.allCases) else { return "u.same_as IS NULL" }
        return """
            (u.same_as IS NULL OR NOT EXISTS (
                SELECT 1 FROM customization AS o JOIN virtual_machine_endpoint AS n ON n.id = o.virtual_machine_endpoint_id
                WHERE o.id = u.same_as AND n.endpoint_id IN \(endpoints.map(\.storedID))
            ))
            """
    }

    /// `nil` if the condition excludes its customizations.
    private var owners: [Owner?] = []
    /// All rows of `virtual_machine_endpoint`, ascending.
    private var ids: [Int64] = []

    /// - Parameter condition: On `virtual_machine_endpoint AS m`, `virtual_machine AS v` and `vcenter AS c`; other customizations
    ///   are left out.
    init(of condition: SQL, _ db: Database) throws {
        // A missing name shows that a referenced row does not exist.
        let query: SQL = """
            SELECT c.name, v.moid, v.shown_name, m.endpoint_id, m.id, v.instance_uuid,
                v.id IN (SELECT vm_id FROM listed_virtual_machine), ifnull((\(condition)), 1), v.id
            FROM virtual_machine_endpoint AS m
            LEFT JOIN virtual_machine AS v ON v.id = m.vm_id
            LEFT JOIN vcenter AS c ON c.id = v.vcenter_id
            ORDER BY m.id
            """
        try db.forEachRow(of: query) { row in
            ids.append(try row.id(4))
            owners.append(try row.flag(7) ? Owner(row, number: owners.count) : nil)
        }
    }

    /// Calls `body` with the customizations of a query that begins with `rows`.
    func forEach(_ query: SQL, _ db: Database, _ body: (Customization) throws -> Void) throws {
        try db.forEachRow(of: query) { row in
            if let owner = try owner(row.id(1)) { try body(Customization(row, of: owner)) }
        }
    }

    /// Adds the customizations that belong to a window from `since` on to a tally, each once: what polls and events both tell of, too.
    ///
    /// - Parameter endpoints: Those of which customizations are read; empty for all.
    func add(
        since: Timestamp, of endpoints: [Endpoint], to tally: inout some CustomizationTally, _ db: Database
    ) throws {
        let isCounted = try Self.isCounted(among: endpoints).build(db)
        // The index would only cost time if every row is read.
        let first = try db.firstRow(of: "SELECT min(window_ms) FROM customization") { try $0.timestampOrNull(0) }
        let isWhole = (first ?? nil).map { $0 >= since } ?? true
        // Each column is read a million times, so those that figures do not need of a successful customization are left out.
        let all = try db.cachedStatement(
            sql: """
                SELECT id, virtual_machine_endpoint_id, outcome, start_ms, end_ms, answer_id FROM customization AS u WHERE \(isCounted.sql)
                    AND \(isWhole ? "window_ms IS NOT NULL ORDER BY id" : "window_ms >= ? ORDER BY window_ms, id")
                """)
        try all.setArguments(isCounted.arguments + (isWhole ? [] : [since]))
        // Only answers that nothing names are ever deleted, so a number up to the latest one's is that of an answer.
        let latestAnswer = try db.firstRow(of: "SELECT max(id) FROM answer") { try $0.idOrNull(0) }
        let answers = 0...((latestAnswer ?? nil) ?? 0)
        let (sql, _) = try Self.rows.build(db)
        let one = try db.cachedStatement(sql: "\(sql) WHERE u.id = ?")
        try all.forEachRow(db) { row in
            guard let owner = try owner(row.id(1)) else { return }
            _ = try row.integer(5, in: answers, "names no row of answer")
            if row.isText(2, "succeeded"), let end = try row.timestampOrNull(4), let start = try row.timestampOrNull(3)
            {
                tally.addSuccess(
                    of: owner.vm, endpoint: owner.endpoint, at: end, durationSeconds: end.seconds(since: start))
            } else {
                one.bind([.integer(try row.id(0))])
                try one.forEachRow(db) { tally.add(try Customization($0, of: owner)) }
            }
        }
        // The others belong to the window of the VM's latest poll.
        let others: SQL = "\(Self.rows) WHERE u.window_ms IS NULL AND \(Self.isCounted(among: endpoints)) ORDER BY u.id"
        try forEach(others, db) {
            if $0.lastPolledAt >= since { tally.add($0) }
        }
    }

    /// `nil` if its customizations are left out. SQLite numbers rows consecutively, so the first look usually finds it.
    private func owner(_ id: Int64) throws -> Owner? {
        guard let first = ids.first, let last = ids.last, id >= first, id <= last else { throw Self.withoutOwner }
        var (low, high) = (0, ids.count)
        let (distance, overflow) = id.subtractingReportingOverflow(first)
        if !overflow, distance < high, ids[Int(distance)] == id { return owners[Int(distance)] }
        while low < high {
            let middle = low + (high - low) / 2
            if ids[middle] < id { low = middle + 1 } else { high = middle }
        }
        guard ids[low] == id else { throw Self.withoutOwner }
        return owners[low]
    }

    private static let withoutOwner = StoredValueFault(complaint: "names no row of virtual_machine_endpoint")
}

/// The values that all customizations of a VM and endpoint share.
private final class Owner {
    let vm: CustomizedVM
    let endpoint: Endpoint

    init(_ row: StatementColumns, number: Int) throws {
        vm = CustomizedVM(
            vCenter: try row.text(0), id: try row.text(1), instanceUUID: try row.textOrNull(5), name: try row.text(2),
            isListed: try row.flag(6), number: number, row: VirtualMachineRow(rawValue: try row.id(8)))
        endpoint = try row.endpoint(3)
    }
}

extension Customization {
    fileprivate init(_ row: StatementColumns, of owner: Owner) throws {
        self.init(
            of: owner.vm, endpoint: owner.endpoint, outcome: try row.word(2),
            status: CustomizationStatus(rawValue: try row.text(9)), startTime: try row.timestampOrNull(3),
            endTime: try row.timestampOrNull(4), endFirstPolledAt: try row.timestampOrNull(5),
            firstPolledAt: try row.timestamp(6), lastPolledAt: try row.timestamp(7),
            polls: try row.count(8), errorID: try row.textOrNull(10),
            errorMessage: try row.textOrNull(11), untranslatedError: try row.textOrNull(12))
        unheardUntil = try row.timestampOrNull(13)
    }
}

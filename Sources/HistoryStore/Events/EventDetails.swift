import GRDB
import GuestCustomization

/// What events add to customizations.
enum EventDetails {
    /// Characters of a text that are of use to people.
    private static let maximumLength = 300

    /// Calls `body` with each customization since an instant that events tell of: its VM, the instant that decides what the VM was, and
    /// where the VM was.
    static func forEachPlace(
        since: Timestamp, matching filter: ReportFilter, _ db: Database,
        _ body: (VirtualMachineRow, Timestamp, CustomizationPlace) throws -> Void
    ) throws {
        let query: SQL = """
            SELECT x.vm_id, x.ran_ms, x.json ->> '$.host.name', x.json ->> '$.computeResource.name', x.json ->> '$.datacenter.name'
            FROM (
                SELECT m.vm_id, coalesce(t.end_ms, t.start_ms, t.first_polled_ms) AS ran_ms, \(SQL(sql: json("a"))) AS json
                FROM customization AS u
                JOIN virtual_machine_endpoint AS m ON m.id = u.virtual_machine_endpoint_id
                JOIN virtual_machine AS v ON v.id = m.vm_id
                JOIN vcenter AS c ON c.id = v.vcenter_id
                JOIN answer AS a ON a.id = u.answer_id
                JOIN customization AS t ON t.id = ifnull(u.same_as, u.id)
                WHERE u.identity_basis = 'event' AND u.window_ms >= \(since) AND \(filter.vCenterCondition)
            ) AS x
            """
        func name(_ row: StatementColumns, _ index: CInt) throws -> String? {
            // JSON of the vCenter's may have anything in the place of a name.
            guard let raw = try? row.textOrNull(index), !raw.isEmpty, raw.utf8.count <= maximumNameSize else {
                return nil
            }
            return InventoryName(raw: raw).shown
        }
        try db.forEachRow(of: query) { row in
            var place = CustomizationPlace(
                host: try name(row, 2), cluster: try name(row, 3), datacenter: try name(row, 4))
            // A host outside clusters is the only one of its compute resource.
            if place.cluster == place.host { place.cluster = nil }
            try body(VirtualMachineRow(rawValue: try row.id(0)), try row.timestamp(1), place)
        }
    }

    /// Bytes of the name of a host, cluster or datacenter.
    private static let maximumNameSize = 1000

    /// The JSON of an answer; NULL if it is none.
    private static func json(_ answer: String) -> String {
        "iif(typeof(\(answer).raw) = 'text', iif(json_valid(\(answer).raw), \(answer).raw, NULL), NULL)"
    }

    /// By row of `customization`: of those that events tell of, and of those that are the same.
    static func read(of vm: Int64, _ db: Database) throws -> [Int64: Customization.ToldByEvents] {
        func member(_ name: String, _ first: String, _ second: String) -> SQL {
            let values = [first, second].map { "\(json($0)) ->> '$.\(name)'" }
            return SQL(sql: "CAST(substr(coalesce(\(values[0]), \(values[1])), 1, \(maximumLength)) AS TEXT)")
        }
        let query: SQL = """
            SELECT x.id, x.same_as, o.id, n.endpoint_id, \(member("userName", "f", "l")), \(member("logLocation", "l", "f"))
            FROM virtual_machine_endpoint AS m
            JOIN customization AS x ON x.virtual_machine_endpoint_id = m.id
            JOIN event AS e ON e.id = x.identity_value
            JOIN answer AS f ON f.id = e.answer_id
            JOIN answer AS l ON l.id = x.answer_id
            LEFT JOIN customization AS o ON o.id = x.same_as OR o.same_as = x.id
            LEFT JOIN virtual_machine_endpoint AS n ON n.id = o.virtual_machine_endpoint_id
            WHERE m.vm_id = \(vm) AND m.endpoint_id = \(Endpoint.events.storedID)
            """
        var details: [Int64: Customization.ToldByEvents] = [:]
        try db.forEachRow(of: query) { row in
            // JSON can hold what is not Unicode, such as half of a surrogate pair.
            var told = Customization.ToldByEvents(
                userName: try? row.textOrNull(4), logLocation: try? row.textOrNull(5),
                alsoSeenAt: try row.idOrNull(3) == nil ? nil : row.endpoint(3))
            details[try row.id(0)] = told
            guard let same = try row.idOrNull(2) else { return }
            told.alsoSeenAt = .events
            details[same] = told
        }
        return details
    }
}

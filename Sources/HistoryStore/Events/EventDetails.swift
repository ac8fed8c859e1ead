import GRDB
import GuestCustomization

/// What events add to customizations.
enum EventDetails {
    /// Characters of a text that are of use to people.
    private static let maximumLength = 300

    /// By row of `customization`: of those that events tell of, and of those that are the same.
    static func read(of vm: Int64, _ db: Database) throws -> [Int64: Customization.ToldByEvents] {
        func member(_ name: String, _ first: String, _ second: String) -> SQL {
            let values = [first, second].map {
                "iif(typeof(\($0).raw) = 'text', iif(json_valid(\($0).raw), \($0).raw ->> '$.\(name)', NULL), NULL)"
            }
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
            var told = Customization.ToldByEvents(
                userName: try row.textOrNull(4), logLocation: try row.textOrNull(5),
                alsoSeenAt: try row.idOrNull(3) == nil ? nil : row.endpoint(3))
            details[try row.id(0)] = told
            guard let same = try row.idOrNull(2) else { return }
            told.alsoSeenAt = .events
            details[same] = told
        }
        return details
    }
}

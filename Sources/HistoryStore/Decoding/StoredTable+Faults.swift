import GRDB
import GRDBSQLite

/// Finds the fault in a file once reading it has failed: only then is it worth the time to name the place.
extension StoredTable {
    /// Rows of a table that are searched, from its beginning; takes some seconds.
    private static let searchedRows = 5_000_000

    /// The first value that cannot be in a history, described for a sentence by its table, column and row but not its content; `nil` if
    /// there is none.
    static func firstFault(_ db: Database) -> String? {
        // A value longer than the connection's limit could not be distinguished from any other fault.
        let handle = db.sqliteConnection
        let limit = sqlite3_limit(handle, SQLITE_LIMIT_LENGTH, CInt.max)
        defer { sqlite3_limit(handle, SQLITE_LIMIT_LENGTH, limit) }
        for table in all {
            // If a table cannot be read, SQLite has reported why.
            if let fault = try? table.faultyValue(db) { return fault }
            if let fault = try? table.brokenReference(db) { return fault }
        }
        return (try? pollAtUnknownEndpoint(db)) ?? (try? pollWithoutAnswer(db)) ?? (try? wrongSequence(db))
    }

    /// A poll of a VM that is not known at the endpoint of its run.
    private static func pollAtUnknownEndpoint(_ db: Database) throws -> String? {
        try pollFault(
            """
            NOT EXISTS (
                SELECT 1 FROM virtual_machine_endpoint AS m WHERE m.id = 64 * b.block + p.position AND m.endpoint_id = r.endpoint_id
            )
            """, "has a poll of a VM that is no row of virtual_machine_endpoint", db)
    }

    /// A poll before the first answer of its VM.
    private static func pollWithoutAnswer(_ db: Database) throws -> String? {
        try pollFault(
            """
            NOT EXISTS (
                SELECT 1 FROM answer_change AS a WHERE a.virtual_machine_endpoint_id = 64 * b.block + p.position AND a.run_id <= b.run_id
            )
            """, "has a poll that answer_change has no answer to", db)
    }

    /// A run whose place among those of its vCenter and endpoint does not follow from the earlier ones.
    private static func wrongSequence(_ db: Database) throws -> String? {
        let query: SQL = """
            SELECT id FROM (
                SELECT id, sequence, 1 + ifnull(sum(is_regular) OVER (
                    PARTITION BY vcenter_id, endpoint_id ORDER BY id ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
                ), 0) AS expected
                FROM collection_run
            ) WHERE sequence <> expected LIMIT 1
            """
        return try db.firstRow(of: query) {
            "collection_run.sequence does not follow from the earlier runs in the row with id \(try $0.id(0))"
        }
    }

    private static func pollFault(_ condition: String, _ complaint: String, _ db: Database) throws -> String? {
        let query = SQL(
            sql: """
                SELECT b.run_id, b.block, b.part FROM (SELECT * FROM poll_block LIMIT \(searchedRows / 64)) AS b
                CROSS JOIN block_position AS p CROSS JOIN collection_run AS r
                WHERE r.id = b.run_id AND substr(b.offsets, p.position * b.digits + 1, 1) >= '0' AND \(condition) LIMIT 1
                """)
        return try db.firstRow(of: query) {
            "poll_block.offsets \(complaint) in the row with run_id \(try $0.id(0)), block \(try $0.block(1)), part \(try $0.count(2))"
        }
    }

    private func faultyValue(_ db: Database) throws -> String? {
        let names = columns.map(\.name) + key
        let query = SQL(sql: "SELECT \(names.joined(separator: ", ")) FROM \(name) LIMIT \(Self.searchedRows)")
        var found: String?
        var position = 0
        try db.readRows(
            of: query,
            while: { row in
                position += 1
                for (index, column) in columns.enumerated() {
                    guard let complaint = column.complaint(row, CInt(index)) else { continue }
                    found = "\(name).\(column.name) \(complaint) in \(place(row, from: columns.count, position))"
                    return false
                }
                return true
            })
        return found
    }

    private func brokenReference(_ db: Database) throws -> String? {
        for column in columns {
            guard case .reference(let target) = column.kind else { continue }
            let query = SQL(
                sql: """
                    SELECT \(key.joined(separator: ", ")) FROM (SELECT * FROM \(name) LIMIT \(Self.searchedRows))
                    WHERE \(column.name) NOT IN (SELECT id FROM \(target)) LIMIT 1
                    """)
            let found = try db.firstRow(of: query) { place($0, from: 0, 1) }
            if let found { return "\(name).\(column.name) names no row of \(target) in \(found)" }
        }
        return nil
    }

    /// Describes a row by its key, as far as that can be read, else by its position in the table's order.
    private func place(_ row: StatementColumns, from first: Int, _ position: Int) -> String {
        let parts = key.enumerated().compactMap { index, name in
            (try? row.integer(CInt(first + index), in: Int64.min...Int64.max, "")).map { "\(name) \($0)" }
        }
        return parts.count == key.count
            ? "the row with \(parts.joined(separator: ", "))" : "row \(position) in the table's order"
    }
}

extension StoredTable.Column {
    /// What is wrong with a value; `nil` if nothing is.
    fileprivate func complaint(_ row: StatementColumns, _ index: CInt) -> String? {
        if row.isNull(index) { return isOptional ? nil : "is NULL" }
        do {
            try kind.check(row, index)
            return nil
        } catch {
            return (error as? StoredValueFault)?.complaint
        }
    }
}

extension StoredTable.Kind {
    /// Reads a value as the program does.
    fileprivate func check(_ row: StatementColumns, _ index: CInt) throws {
        switch self {
        case .id, .reference: _ = try row.id(index)
        case .text: _ = try row.text(index)
        case .word(let words):
            guard words.contains(try row.text(index)) else {
                throw StoredValueFault(complaint: StatementColumns.unknownWord)
            }
        case .instant: _ = try row.timestamp(index)
        case .span: _ = try row.spanSecondsOrNull(index)
        case .block: _ = try row.block(index)
        case .digits: _ = try row.digits(index)
        case .offsets(let digits, let first):
            try PollBlock.forEachPoll(
                block: 0, firstMilliseconds: try row.timestamp(first).unixMilliseconds, digits: try row.digits(digits),
                offsets: try row.textBytes(index)
            ) { _ in }
        case .count: _ = try row.count(index)
        case .number: _ = try row.integer(index, in: .min...(.max), "is not an integer")
        case .flag: _ = try row.flag(index)
        case .httpStatus: _ = try row.httpStatusOrNull(index)
        case .durationBound: _ = try row.durationBound(index)
        case .sumSeconds: _ = try row.sumSeconds(index)
        case .digest: _ = try row.digest(index)
        case .body: _ = try row.bodyOrNull(index)
        case .identity(let basis): _ = try row.identityValue(basis)
        case .token: _ = try row.token(index)
        }
    }
}

extension String {
    /// A text from the file, such as the name of an object, for a one-line message: truncated, with `?` for anything but printable
    /// ASCII.
    var shownFromFile: String {
        let shown = unicodeScalars.prefix(120).map { (" "..."~").contains($0) ? Character($0) : "?" }
        return String(shown) + (unicodeScalars.count > 120 ? "…" : "")
    }
}

import GuestCustomization

/// A script for psql that adds one history to a warehouse of many.
///
/// It is fixed text, except for the data of COPY. Until its last line nothing is changed: a script that was cut off, or whose data
/// PostgreSQL refuses, leaves the warehouse as it was.
package struct WarehouseScript: Sendable {
    /// What is exported, in one row.
    package struct Head: Sendable {
        /// Identity of the history.
        package var database: String
        /// What earlier exports contain; `nil`: this one contains everything.
        package var after: ExportCursor?
        /// What this one and the earlier ones contain together.
        package var through: ExportCursor
        /// When it was made.
        package var exportedAt: Timestamp
        /// The program's version.
        package var toolVersion: String

        package init(
            database: String, after: ExportCursor?, through: ExportCursor, exportedAt: Timestamp, toolVersion: String
        ) {
            self.database = database
            self.after = after
            self.through = through
            self.exportedAt = exportedAt
            self.toolVersion = toolVersion
        }
    }

    package init() {}

    /// The beginning of the script: makes the warehouse if there is none, and begins the transaction.
    package func begin(_ head: Head) -> String {
        let row: ExportedRow = [
            .text(head.database), head.after.map { .text($0.description) } ?? .null, .text(head.through.description),
            .time(head.exportedAt), .text(head.toolVersion),
        ]
        return String(decoding: PackageResources.create_sql, as: UTF8.self)
            + String(decoding: PackageResources.stage_sql, as: UTF8.self)
            + copy("export", ["database", "after", "cursor", "exported_at", "tool_version"]) + rows([row]) + endCopy
    }

    /// Begins the data of a table.
    package func copy(_ table: String, _ columns: [String]) -> String {
        "COPY staged_\(table) (\(columns.joined(separator: ", "))) FROM STDIN;\n"
    }

    /// Some of a table's rows.
    package func rows(_ rows: [ExportedRow]) -> String { CopyText.lines(rows) }

    /// Ends the data of a table.
    package var endCopy: String { CopyText.end }

    /// The end of the script: moves the data to the tables, and commits.
    package var end: String { String(decoding: PackageResources.load_sql, as: UTF8.self) }
}

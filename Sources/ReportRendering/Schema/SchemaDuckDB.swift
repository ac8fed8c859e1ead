import GuestCustomization

/// An SQL script that gives DuckDB the public views with their types.
///
/// DuckDB's SQLite scanner runs a view inside DuckDB, and has types only if it can: not with SQLite's `strftime`, and a subquery after IN is
/// even passed on wrongly. `sqlite_query` runs the view in SQLite, but each of its columns is a VARCHAR (sqlite_scanner of DuckDB 1.5.5).
package struct SchemaDuckDB: Sendable {
    package init() {}

    /// The whole script, ending with a line break.
    package func render(_ schema: HistorySchema) -> String {
        """
        -- The public views of a history, with types, for DuckDB 1.2 or later. Before it, attach the history under this name:
        --   INSTALL sqlite; LOAD sqlite; ATTACH 'history.db' AS history (TYPE sqlite, READ_ONLY);

        """ + schema.objects.filter { $0.kind == .publicView }.map(view).joined()
    }

    private func view(_ object: HistorySchema.Object) -> String {
        let columns = object.columns.map { "    CAST(\"\($0.name)\" AS \(type(of: $0))) AS \"\($0.name)\"" }
        return """
            CREATE OR REPLACE VIEW "\(object.name)" AS SELECT
            \(columns.joined(separator: ",\n"))
            FROM sqlite_query('history', 'SELECT * FROM "\(object.name)"');

            """
    }

    private func type(of column: HistorySchema.Column) -> String {
        switch column.type {
        case "INTEGER": "BIGINT"
        case "REAL": "DOUBLE"
        default: "VARCHAR"
        }
    }
}

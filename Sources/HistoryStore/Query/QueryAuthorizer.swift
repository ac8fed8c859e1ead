import GRDBSQLite
import GuestCustomization

/// Decides what a foreign query may do: read tables and views, call functions, ask for the schema. Whatever is not listed here is denied.
///
/// Source: https://sqlite.org/c3ref/c_alter_table.html
final class QueryAuthorizer {
    /// What was denied first, to follow "and"; `nil` if nothing was.
    private(set) var denied: String?

    /// Functions with an effect outside of the query, in whatever library they come from.
    private static let forbiddenFunctions: Set = [
        "load_extension", "fts3_tokenizer", "sqlite_log", "edit", "readfile", "writefile", "fsdir",
    ]

    /// Pragmas that only read, whatever their argument.
    private static let questions: Set = [
        "table_info", "table_xinfo", "table_list", "index_list", "index_info", "index_xinfo", "foreign_key_list",
        "foreign_key_check", "integrity_check", "quick_check", "function_list", "module_list", "pragma_list",
        "collation_list", "compile_options", "database_list",
    ]

    /// Pragmas that only read if they have no argument.
    private static let settings: Set = [
        "application_id", "user_version", "schema_version", "data_version", "encoding", "page_size",
        "page_count", "freelist_count", "auto_vacuum",
    ]

    /// The words for what is denied.
    private static let actions: [CInt: String] = [
        SQLITE_ATTACH: "ATTACH", SQLITE_DETACH: "DETACH", SQLITE_TRANSACTION: "a transaction",
        SQLITE_SAVEPOINT: "a savepoint",
        SQLITE_ALTER_TABLE: "ALTER TABLE", SQLITE_REINDEX: "REINDEX", SQLITE_ANALYZE: "ANALYZE",
        SQLITE_CREATE_TEMP_TABLE: "a temporary table", SQLITE_CREATE_TEMP_VIEW: "a temporary view",
        SQLITE_CREATE_TEMP_TRIGGER: "a temporary trigger", SQLITE_CREATE_TEMP_INDEX: "a temporary index",
        SQLITE_CREATE_VTABLE: "a virtual table", SQLITE_DROP_TABLE: "DROP TABLE", SQLITE_DROP_VIEW: "DROP VIEW",
    ]

    /// SQLite's answer: `SQLITE_OK` or `SQLITE_DENY`.
    func decide(_ action: CInt, _ first: UnsafePointer<CChar>?, _ second: UnsafePointer<CChar>?) -> CInt {
        let name = first.map { String(cString: $0) } ?? ""
        switch action {
        case SQLITE_SELECT, SQLITE_READ, SQLITE_RECURSIVE: return SQLITE_OK
        case SQLITE_FUNCTION:
            let function = second.map { String(cString: $0).lowercased() } ?? ""
            guard Self.forbiddenFunctions.contains(function) else { return SQLITE_OK }
            return deny("it calls the function \(function)")
        case SQLITE_PRAGMA:
            let pragma = name.lowercased()
            if Self.questions.contains(pragma) || second == nil && Self.settings.contains(pragma) { return SQLITE_OK }
            return deny("it runs PRAGMA \(pragma.shown(upTo: 60))\(second == nil ? "" : " with a value")")
        // SQLite asks for this when it looks up the columns of a table function such as json_each. A real one it refuses by itself.
        case SQLITE_UPDATE where name == "sqlite_master": return SQLITE_OK
        case SQLITE_INSERT, SQLITE_UPDATE, SQLITE_DELETE:
            let isSchema = name.lowercased().hasPrefix("sqlite_")
            return deny(isSchema ? "it changes the schema" : "it changes \(name.shown(upTo: 60))")
        default:
            return deny("it contains \(Self.actions[action] ?? "a statement that changes something")")
        }
    }

    private func deny(_ what: String) -> CInt {
        denied = denied ?? what
        return SQLITE_DENY
    }
}

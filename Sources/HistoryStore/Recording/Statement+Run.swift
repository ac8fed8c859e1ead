import Foundation
import GRDB
import GRDBSQLite
import GuestCustomization

/// A value for a parameter of a statement.
enum ParameterValue {
    case null
    case integer(Int64)
    case text(String)
    case blob(Data)

    static func integer(_ value: Int64?) -> ParameterValue { value.map { .integer($0) } ?? .null }
    static func text(_ value: String?) -> ParameterValue { value.map { .text($0) } ?? .null }
    static func instant(_ value: Timestamp?) -> ParameterValue { .integer(value?.unixMilliseconds) }
}

/// Runs the statements that record polls; rows are read by `StatementColumns`. GRDB boxes each argument, which costs as much as
/// SQLite's own work.
extension Statement {
    /// Runs a statement that returns no row.
    func run(_ values: [ParameterValue], _ db: Database) throws {
        bind(values)
        try finish(db)
    }

    func bind(_ values: [ParameterValue]) {
        let handle = sqliteStatement
        for (index, value) in values.enumerated() {
            let parameter = CInt(index + 1)
            switch value {
            case .null: sqlite3_bind_null(handle, parameter)
            case .integer(let value): sqlite3_bind_int64(handle, parameter, value)
            case .text(let text):
                let count = CInt(text.utf8.count)
                sqlite3_bind_text(handle, parameter, text, count, copied)
            case .blob(let data):
                data.withUnsafeBytes { bytes in
                    _ = sqlite3_bind_blob(handle, parameter, bytes.baseAddress, CInt(bytes.count), copied)
                }
            }
        }
    }

    /// Runs a statement that returns no row, with its bound values.
    func finish(_ db: Database) throws {
        let handle = sqliteStatement
        let code = sqlite3_step(handle)
        sqlite3_reset(handle)
        guard code == SQLITE_DONE else {
            throw DatabaseError(resultCode: ResultCode(rawValue: code), message: db.lastErrorMessage)
        }
    }
}

/// SQLITE_TRANSIENT: SQLite copies the value.
private let copied = unsafeBitCast(-1, to: sqlite3_destructor_type.self)

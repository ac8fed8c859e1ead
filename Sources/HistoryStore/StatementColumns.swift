import Foundation
import GRDB
import GRDBSQLite
import GuestCustomization

/// The columns of the row that a statement stands on, read straight from SQLite: GRDB's rows cost several times what SQLite itself
/// needs for them, which tells where a row is read for each VM or each customization. Positions count from 0.
struct StatementColumns {
    fileprivate let handle: OpaquePointer

    func integer(_ index: CInt) -> Int64 { sqlite3_column_int64(handle, index) }

    func integerOrNull(_ index: CInt) -> Int64? {
        sqlite3_column_type(handle, index) == SQLITE_NULL ? nil : sqlite3_column_int64(handle, index)
    }

    func timestamp(_ index: CInt) -> Timestamp { Timestamp(unixMilliseconds: integer(index)) }

    func timestampOrNull(_ index: CInt) -> Timestamp? { integerOrNull(index).map(Timestamp.init(unixMilliseconds:)) }

    func textOrNull(_ index: CInt) -> String? { sqlite3_column_text(handle, index).map { String(cString: $0) } }

    /// Whether a text is this one; costs less than `text`, for words that nearly every row has.
    func isText(_ index: CInt, _ word: StaticString) -> Bool {
        guard let text = sqlite3_column_text(handle, index) else { return false }
        return UnsafeRawPointer(text).withMemoryRebound(to: CChar.self, capacity: 1) { text in
            word.utf8Start.withMemoryRebound(to: CChar.self, capacity: 1) { strcmp(text, $0) == 0 }
        }
    }

    /// A NULL where the schema allows none: somebody changed the file.
    func text(_ index: CInt) throws -> String {
        guard let text = textOrNull(index) else {
            throw DatabaseError(resultCode: .SQLITE_CORRUPT, message: "a text is missing")
        }
        return text
    }

    /// The digest in a column; `nil` unless it has 32 bytes.
    func digest(_ index: CInt) -> AnswerDigest? { AnswerDigest(bytes(index)) }

    /// SQLite's number for the type of the value.
    func type(_ index: CInt) -> CInt { sqlite3_column_type(handle, index) }

    /// The bytes of a text or a BLOB, until the next step.
    func bytes(_ index: CInt) -> UnsafeRawBufferPointer {
        let bytes = sqlite3_column_blob(handle, index)
        return UnsafeRawBufferPointer(start: bytes, count: Int(sqlite3_column_bytes(handle, index)))
    }
}

extension Statement {
    /// Runs the statement with the arguments that it has and hands over each row.
    func forEachRow(_ db: Database, _ body: (StatementColumns) throws -> Void) throws {
        let handle = sqliteStatement
        defer { sqlite3_reset(handle) }
        while true {
            let code = sqlite3_step(handle)
            if code == SQLITE_DONE { return }
            guard code == SQLITE_ROW else {
                throw DatabaseError(resultCode: ResultCode(rawValue: code), message: db.lastErrorMessage)
            }
            try body(StatementColumns(handle: handle))
        }
    }
}

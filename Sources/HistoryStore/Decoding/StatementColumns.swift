import Foundation
import GRDB
import GRDBSQLite
import GuestCustomization
import HistoryEvidence

/// A value that cannot be in a history: the file was damaged, or somebody changed it.
struct StoredValueFault: Error {
    /// What is wrong, to follow the name of a column, such as "is not an instant".
    var complaint: String
}

/// The columns of a statement's current row, read directly from SQLite: GRDB's rows cost several times as much, which matters
/// where a row is read for each VM or each customization. Positions count from 0.
///
/// The file may come from anyone, so SQLite converts nothing: a value of an unexpected type, or outside of `StoredBounds`, throws
/// `StoredValueFault`.
struct StatementColumns {
    fileprivate let handle: OpaquePointer

    func isNull(_ index: CInt) -> Bool { sqlite3_column_type(handle, index) == SQLITE_NULL }

    func integer(_ index: CInt, in range: ClosedRange<Int64>, _ complaint: @autoclosure () -> String) throws -> Int64 {
        let value = sqlite3_column_int64(handle, index)
        guard sqlite3_column_type(handle, index) == SQLITE_INTEGER, range.contains(value) else {
            throw StoredValueFault(complaint: complaint())
        }
        return value
    }

    /// The number of a row.
    func id(_ index: CInt) throws -> Int64 {
        try integer(index, in: StoredBounds.ids, "is not the number of a row")
    }

    func idOrNull(_ index: CInt) throws -> Int64? { isNull(index) ? nil : try id(index) }

    func count(_ index: CInt) throws -> Int {
        Int(try integer(index, in: StoredBounds.counts, "is not a count"))
    }

    /// A count or sum computed by SQLite.
    func countSum(_ index: CInt) throws -> Int {
        Int(try integer(index, in: StoredBounds.countSums, "is too large to be a count"))
    }

    func countOrNull(_ index: CInt) throws -> Int? { isNull(index) ? nil : try count(index) }

    func flag(_ index: CInt) throws -> Bool { try integer(index, in: 0...1, "is neither 0 nor 1") == 1 }

    /// A bound of durations, in seconds; 0 and -1 mean none.
    func durationBound(_ index: CInt) throws -> Int {
        Int(try integer(index, in: -1...86_400_000, "is not a bound of durations"))
    }

    func httpStatusOrNull(_ index: CInt) throws -> Int? {
        isNull(index) ? nil : Int(try integer(index, in: 0...999, "is not an HTTP status"))
    }

    func timestamp(_ index: CInt) throws -> Timestamp {
        Timestamp(
            unixMilliseconds: try integer(
                index, in: StoredBounds.instants, "is not an instant, in milliseconds, of the years 1 to 9999"))
    }

    func timestampOrNull(_ index: CInt) throws -> Timestamp? { isNull(index) ? nil : try timestamp(index) }

    /// The time between two instants, in milliseconds.
    func spanOrNull(_ index: CInt) throws -> Int64? {
        isNull(index) ? nil : try integer(index, in: StoredBounds.spans, "is not a number of milliseconds")
    }

    /// The time between two instants, in seconds, from a column in milliseconds.
    func spanSecondsOrNull(_ index: CInt) throws -> Double? {
        try spanOrNull(index).map { Double($0) / 1000 }
    }

    /// A sum of seconds.
    func sumSeconds(_ index: CInt) throws -> Double {
        let value = sqlite3_column_double(handle, index)
        guard sqlite3_column_type(handle, index) == SQLITE_FLOAT, StoredBounds.sums.contains(value) else {
            throw StoredValueFault(complaint: "is not a number of seconds")
        }
        return value
    }

    func text(_ index: CInt) throws -> String {
        guard sqlite3_column_type(handle, index) == SQLITE_TEXT, let start = sqlite3_column_text(handle, index) else {
            throw StoredValueFault(complaint: "is not a text")
        }
        let bytes = UnsafeBufferPointer(start: start, count: Int(sqlite3_column_bytes(handle, index)))
        guard bytes.count <= StoredBounds.maximumSize else { throw StoredValueFault(complaint: "is too long a text") }
        guard memchr(start, 0, bytes.count) == nil, let text = String(validating: bytes, as: UTF8.self) else {
            throw StoredValueFault(complaint: "is not a text in UTF-8 without NUL")
        }
        return text
    }

    /// The bytes of a text, until the next step.
    func textBytes(_ index: CInt) throws -> UnsafeRawBufferPointer {
        guard sqlite3_column_type(handle, index) == SQLITE_TEXT else {
            throw StoredValueFault(complaint: "is not a text")
        }
        return bytes(index)
    }

    func textOrNull(_ index: CInt) throws -> String? { isNull(index) ? nil : try text(index) }

    /// Whether the column is this text; cheaper than `text`, for words that nearly every row has.
    func isText(_ index: CInt, _ word: StaticString) -> Bool {
        guard let text = sqlite3_column_text(handle, index) else { return false }
        return UnsafeRawPointer(text).withMemoryRebound(to: CChar.self, capacity: 1) { text in
            word.utf8Start.withMemoryRebound(to: CChar.self, capacity: 1) { strcmp(text, $0) == 0 }
        }
    }

    /// One of the words of a closed list.
    func word<Word: RawRepresentable<String>>(_ index: CInt, as type: Word.Type = Word.self) throws -> Word {
        guard let word = Word(rawValue: try text(index)) else { throw StoredValueFault(complaint: Self.unknownWord) }
        return word
    }

    static let unknownWord = "is not one of the allowed words"

    func endpoint(_ index: CInt) throws -> Endpoint {
        guard let endpoint = Endpoint(storedID: try id(index)) else {
            throw StoredValueFault(complaint: "is not the row of an endpoint")
        }
        return endpoint
    }

    /// The digest in a column; `nil` where it is NULL.
    func digestOrNull(_ index: CInt) throws -> AnswerDigest? { isNull(index) ? nil : try digest(index) }

    func digest(_ index: CInt) throws -> AnswerDigest {
        guard let digest = AnswerDigest(try digestBytes(index)) else { throw Self.noDigest }
        return digest
    }

    func merkleHash(_ index: CInt) throws -> MerkleHash {
        guard let hash = MerkleHash(bytes: try digestBytes(index)) else { throw Self.noDigest }
        return hash
    }

    /// The bytes of a digest, until the next step.
    func digestBytes(_ index: CInt) throws -> UnsafeRawBufferPointer {
        let bytes = bytes(index)
        guard sqlite3_column_type(handle, index) == SQLITE_BLOB, bytes.count == 32 else { throw Self.noDigest }
        return bytes
    }

    private static let noDigest = StoredValueFault(complaint: "is not a digest of 32 bytes")

    /// The eight bytes that identify a commit.
    func token(_ index: CInt) throws -> UInt64 {
        let bytes = bytes(index)
        guard sqlite3_column_type(handle, index) == SQLITE_BLOB, bytes.count == 8 else {
            throw StoredValueFault(complaint: "is not a token of 8 bytes")
        }
        return bytes.loadUnaligned(as: UInt64.self)
    }

    /// The bytes of a body, which is a text or a BLOB, until the next step; `nil` where it is NULL.
    func bodyOrNull(_ index: CInt) throws -> UnsafeRawBufferPointer? {
        switch sqlite3_column_type(handle, index) {
        case SQLITE_NULL: return nil
        case SQLITE_TEXT, SQLITE_BLOB: break
        default: throw StoredValueFault(complaint: "is neither a text nor a BLOB")
        }
        let bytes = bytes(index)
        guard bytes.count <= StoredBounds.maximumSize else { throw StoredValueFault(complaint: "is too long") }
        return bytes
    }

    /// The bytes of a text or a BLOB, until the next step.
    private func bytes(_ index: CInt) -> UnsafeRawBufferPointer {
        let bytes = sqlite3_column_blob(handle, index)
        return UnsafeRawBufferPointer(start: bytes, count: Int(sqlite3_column_bytes(handle, index)))
    }
}

extension Statement {
    /// Runs the statement with its current arguments and calls `body` with each row.
    func forEachRow(_ db: Database, _ body: (StatementColumns) throws -> Void) throws {
        try readRows(
            db,
            while: { row in
                try body(row)
                return true
            })
    }

    /// Runs the statement and calls `body` with each row until it returns false.
    func readRows(_ db: Database, while body: (StatementColumns) throws -> Bool) throws {
        let handle = sqliteStatement
        defer { sqlite3_reset(handle) }
        while try step(db), try body(StatementColumns(handle: handle)) {}
    }

    /// Runs the statement and reads the first row; `nil` if there is none.
    func firstRow<Value>(_ db: Database, _ read: (StatementColumns) throws -> Value) throws -> Value? {
        let handle = sqliteStatement
        defer { sqlite3_reset(handle) }
        return try step(db) ? try read(StatementColumns(handle: handle)) : nil
    }

    /// Whether there is another row.
    private func step(_ db: Database) throws -> Bool {
        let code = sqlite3_step(sqliteStatement)
        guard code == SQLITE_ROW || code == SQLITE_DONE else {
            throw DatabaseError(resultCode: ResultCode(rawValue: code), message: db.lastErrorMessage)
        }
        return code == SQLITE_ROW
    }
}

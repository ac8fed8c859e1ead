import DefensiveSQLite
import GRDB
import GRDBSQLite
import GuestCustomization

/// A connection to a history, restricted for as long as this value lives to what a foreign query may do.
final class QueryConnection {
    let handle: SQLiteConnection?
    let authorizer = QueryAuthorizer()
    private let deadline: Duration?
    private let clock: SteadyClock

    /// Bytes of one value, or of one row within SQLite. A body has at most a sixteenth of it.
    static let maximumSize: CInt = 16 << 20
    /// Bytes that SQLite may use. Sorting and grouping beyond it go to a temporary file.
    private static let maximumMemory: Int64 = 256 << 20
    /// Instructions of SQLite's virtual machine, some microseconds each at most, after which the clock is read.
    private static let instructionsPerLook: CInt = 1000

    init(_ db: Database, until deadline: Duration?, by clock: SteadyClock) {
        handle = db.sqliteConnection
        self.deadline = deadline
        self.clock = clock
        // Without trust in the schema, older SQLite such as 3.40 refuses JSON functions in views, which `event_history` has. The schema
        // was verified, and the authorizer refuses functions with side effects.
        sqlite3_exec(handle, "PRAGMA query_only = ON; PRAGMA trusted_schema = ON", nil, nil, nil)
        sqlite3_hard_heap_limit64(Self.maximumMemory)
        sqlite3_limit(handle, SQLITE_LIMIT_LENGTH, Self.maximumSize)
        sqlite3_limit(handle, SQLITE_LIMIT_ATTACHED, 0)
        let context = Unmanaged.passUnretained(self).toOpaque()
        sqlite3_set_authorizer(
            handle,
            { context, action, first, second, _, _ in
                QueryConnection.from(context)?.authorizer.decide(action, first, second) ?? SQLITE_DENY
            }, context)
        sqlite3_progress_handler(
            handle, Self.instructionsPerLook, { QueryConnection.from($0)?.isOver == true ? 1 : 0 }, context)
    }

    private static func from(_ context: UnsafeMutableRawPointer?) -> QueryConnection? {
        context.map { Unmanaged<QueryConnection>.fromOpaque($0).takeUnretainedValue() }
    }

    deinit {
        sqlite3_set_authorizer(handle, nil, nil)
        sqlite3_progress_handler(handle, 0, nil, nil)
    }

    /// Whether the time is over.
    var isOver: Bool { deadline.map { clock.now() >= $0 } ?? false }

    /// Compiles a text that has to be one statement.
    ///
    /// - Throws: `HistoryError` or `DatabaseError`.
    func prepare(_ sql: String) throws -> QueryStatement {
        guard !sql.utf8.contains(0) else { throw QueryFault.usage("it contains a NUL character") }
        var found: QueryStatement?
        var text = sql
        try text.withUTF8 { bytes in
            var start = 0
            while start < bytes.count {
                let (statement, next) = try compile(bytes, from: start)
                // White space, a comment or an empty statement.
                start = next
                guard let statement else { continue }
                guard found == nil else {
                    throw QueryFault.usage("it is more than one statement", advice: "give one query at a time")
                }
                found = statement
            }
        }
        guard let found else { throw QueryFault.usage("it is empty", advice: "give a SELECT; --examples shows some") }
        try found.requireReading()
        return found
    }

    private func compile(_ bytes: UnsafeBufferPointer<UInt8>, from start: Int) throws -> (QueryStatement?, next: Int) {
        try bytes.withMemoryRebound(to: CChar.self) { characters in
            guard let begin = characters.baseAddress.map({ $0 + start }) else { return (nil, bytes.count) }
            var statement: OpaquePointer?
            var tail: UnsafePointer<CChar>?
            let code = sqlite3_prepare_v3(handle, begin, CInt(clamping: bytes.count - start), 0, &statement, &tail)
            guard code == SQLITE_OK else {
                let offset = Int(error_offset(handle))
                throw QueryFault(self).error(at: offset < 0 ? nil : TextPlace(ofByte: start + offset, in: bytes))
            }
            return (statement.map { QueryStatement($0, of: self) }, start + (tail.map { $0 - begin } ?? bytes.count))
        }
    }
}

/// A place in a text, for people: both numbers count from 1.
struct TextPlace {
    var line: Int
    /// In characters.
    var column: Int

    init(ofByte offset: Int, in bytes: UnsafeBufferPointer<UInt8>) {
        let before = bytes.prefix(offset)
        line = before.count { $0 == UInt8(ascii: "\n") } + 1
        let lineStart = before.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
        column = String(decoding: before[lineStart...], as: UTF8.self).count + 1
    }
}

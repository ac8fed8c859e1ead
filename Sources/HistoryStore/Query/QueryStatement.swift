import GRDB
import GRDBSQLite
import GuestCustomization

/// A compiled query, and its current row.
final class QueryStatement {
    private let handle: OpaquePointer
    private let connection: QueryConnection
    let columnNames: [String]

    init(_ handle: OpaquePointer, of connection: QueryConnection) {
        self.handle = handle
        self.connection = connection
        columnNames = (0..<sqlite3_column_count(handle)).map { index in
            sqlite3_column_name(handle, index).map { String(cString: $0) } ?? ""
        }
    }

    deinit { sqlite3_finalize(handle) }

    /// Refuses a statement that writes or has parameters.
    func requireReading() throws {
        guard sqlite3_stmt_readonly(handle) != 0 else { throw QueryFault.notReading("it writes") }
        guard sqlite3_bind_parameter_count(handle) == 0 else {
            let name = sqlite3_bind_parameter_name(handle, 1).map { String(cString: $0).shown(upTo: 60) } ?? "?"
            throw QueryFault.usage("it has a parameter, \(name)", advice: "write the value instead")
        }
    }

    /// Whether there is another row.
    func step() throws -> Bool {
        // A query without many instructions for each row never asks the progress handler.
        guard !connection.isOver else { throw QueryFault.timeIsOver }
        switch sqlite3_step(handle) {
        case SQLITE_ROW: return true
        case SQLITE_DONE: return false
        default: throw QueryFault(connection).error(at: nil)
        }
    }

    /// The current row.
    var values: [QueryValue] { (0..<CInt(columnNames.count)).map(value) }

    private func value(_ index: CInt) -> QueryValue {
        switch sqlite3_column_type(handle, index) {
        case SQLITE_INTEGER: .integer(sqlite3_column_int64(handle, index))
        case SQLITE_FLOAT: .real(sqlite3_column_double(handle, index))
        case SQLITE_TEXT: .text(String(decoding: bytes(index, sqlite3_column_text(handle, index)), as: UTF8.self))
        case SQLITE_BLOB: .blob(Array(bytes(index, sqlite3_column_blob(handle, index))))
        default: .null
        }
    }

    private func bytes(_ index: CInt, _ start: UnsafeRawPointer?) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(start: start, count: start == nil ? 0 : Int(sqlite3_column_bytes(handle, index)))
    }
}

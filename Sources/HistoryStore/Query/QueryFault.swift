import GRDB
import GRDBSQLite
import GuestCustomization

/// The latest error of a query, as an error for people.
struct QueryFault {
    private let code: ResultCode
    private let message: String
    private let denied: String?

    private static let subject = "cannot run the query"

    init(_ connection: QueryConnection) {
        code = ResultCode(rawValue: sqlite3_extended_errcode(connection.handle))
        message = String(cString: sqlite3_errmsg(connection.handle)).shown(upTo: 300)
        denied = connection.authorizer.denied
    }

    /// `HistoryError` for what is wrong with the query, `DatabaseError` for what is wrong with the file or the machine.
    func error(at place: TextPlace?) -> any Error {
        if let denied { return Self.notReading(denied) }
        switch code.primaryResultCode {
        case .SQLITE_INTERRUPT: return Self.timeIsOver
        case .SQLITE_NOMEM:
            return HistoryError(
                .noMemory, about: Self.subject, "it needs too much memory",
                advice: "select fewer or shorter values at a time")
        case .SQLITE_ERROR, .SQLITE_AUTH, .SQLITE_MISMATCH, .SQLITE_TOOBIG, .SQLITE_RANGE, .SQLITE_CONSTRAINT:
            return usage(at: place)
        case .SQLITE_READONLY where code == .SQLITE_READONLY: return Self.notReading("it writes")
        default: return DatabaseError(resultCode: code, message: message)
        }
    }

    private func usage(at place: TextPlace?) -> HistoryError {
        let isUnknown = message.hasPrefix("no such table") || message.hasPrefix("no such column")
        return Self.usage(
            message + (place.map { " at line \($0.line), column \($0.column)" } ?? ""),
            advice: isUnknown ? "`\(ProgramName.called) schema` shows all tables, views and columns" : nil)
    }

    static func usage(_ problem: String, advice: String? = nil) -> HistoryError {
        HistoryError(.usage, about: subject, problem, advice: advice)
    }

    /// - Parameter what: What it would do.
    static func notReading(_ what: String) -> HistoryError {
        usage(
            "only reading is allowed, and \(what)",
            advice: "give a SELECT, WITH … SELECT, VALUES, EXPLAIN or reading PRAGMA")
    }

    static var timeIsOver: HistoryError {
        HistoryError(
            .queryTimedOut, about: subject, "the time for it (--timeout) is over",
            advice: "give it more, or select by run_id or vm, for which there are indexes")
    }
}

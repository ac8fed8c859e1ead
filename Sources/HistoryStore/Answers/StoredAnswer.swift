import Foundation
import GRDB
import GuestCustomization

/// An answer as stored in the table `answer`.
struct StoredAnswer {
    var result: Answer.Result
    var isAnswer: Bool
    var httpStatus: Int?
    var status: String?
    var startTime: Timestamp?
    var endTime: Timestamp?
    var errorID: String?
    var errorMessage: String?
    var untranslatedError: String?
    var body: [UInt8]?

    init(_ answer: Answer) {
        result = answer.result
        isAnswer = answer.isAnswer
        httpStatus = answer.httpStatus
        status = answer.info.map { $0.status.rawValue.storable }
        startTime = answer.info?.startTime
        endTime = answer.info?.endTime
        errorID = answer.errorID?.storable
        errorMessage = answer.errorMessage?.storable
        untranslatedError = answer.untranslatedError?.storable
        body = answer.body
    }

    /// Reads a row, from its column `result` on.
    init(_ row: StatementColumns, from first: CInt) throws {
        result = try row.word(first)
        isAnswer = try row.flag(first + 1)
        httpStatus = try row.httpStatusOrNull(first + 2)
        status = try row.textOrNull(first + 3)
        startTime = try row.timestampOrNull(first + 4)
        endTime = try row.timestampOrNull(first + 5)
        errorID = try row.textOrNull(first + 6)
        errorMessage = try row.textOrNull(first + 7)
        untranslatedError = try row.textOrNull(first + 8)
        body = try row.bodyOrNull(first + 9).map { Array($0) }
    }

    func insert(_ db: Database, digest: AnswerDigest) throws -> Int64 {
        try db.cachedStatement(
            sql: """
                INSERT INTO answer (sha256, result, is_answer, http_status, status, start_ms, end_ms, error_id, error_message,
                    error_untranslated, raw)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """
        ).run(
            [
                .blob(digest.data), .text(result.rawValue), .integer(isAnswer ? 1 : 0),
                .integer(httpStatus.map(Int64.init)), .text(status),
                .instant(startTime), .instant(endTime), .text(errorID), .text(errorMessage),
                .text(untranslatedError), raw,
            ], db)
        return db.lastInsertedRowID
    }

    /// A text if SQLite's functions and other tools can read all of it, else a BLOB.
    private var raw: ParameterValue {
        guard let body else { return .null }
        if !body.contains(0), let text = String(validating: body, as: UTF8.self) { return .text(text) }
        return .blob(Data(body))
    }
}

extension String {
    /// The text with each NUL replaced by U+FFFD: SQLite's functions would cut it at a NUL.
    var storable: String {
        utf8.contains(0) ? String(map { $0 == "\0" ? "\u{FFFD}" : $0 }) : self
    }
}

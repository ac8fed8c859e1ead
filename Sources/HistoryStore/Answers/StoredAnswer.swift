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

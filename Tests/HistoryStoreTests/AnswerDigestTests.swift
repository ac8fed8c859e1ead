import Crypto
import Foundation
import GRDB
import GuestCustomization
import Testing

@testable import HistoryStore

@Suite struct AnswerDigestTests {
    @Test func `the digest of an answer can be recomputed from its row, and a change of any column changes it`()
        async throws
    {
        func message(_ id: String, _ text: String) -> CustomizationError {
            .message(LocalizableMessage(id: id, defaultMessage: text))
        }
        func translated(_ text: String, _ localized: String) -> CustomizationError {
            .message(LocalizableMessage(id: "id", defaultMessage: text, localized: localized))
        }
        let failed = Answer(
            result: .reported, httpStatus: 200,
            info: CustomizationInfo(
                status: .failed, startTime: .epoch(0), endTime: .epoch(9), error: message("id", "it broke")),
            body: Array("{}".utf8))
        let refused = Answer.nothing(.unauthorized, http: 403)
        func changed(_ answer: Answer, _ change: (inout Answer) -> Void) -> Answer {
            var answer = answer
            change(&answer)
            return answer
        }
        let early = Timestamp(unixMilliseconds: 86_400_001)
        let answers = [
            failed, changed(failed) { $0.httpStatus = 206 }, changed(failed) { $0.httpStatus = nil },
            changed(failed) { $0.httpStatus = 0 }, changed(failed) { $0.info?.status = .succeeded },
            changed(failed) { $0.info?.startTime = .epoch(-1) }, changed(failed) { $0.info?.startTime = nil },
            changed(failed) { $0.info?.startTime = early }, changed(failed) { $0.info?.endTime = .epoch(8) },
            changed(failed) { $0.info?.endTime = nil }, changed(failed) { $0.info?.endTime = early },
            changed(failed) { $0.info?.error = nil }, changed(failed) { $0.info?.error = message("i", "dit broke") },
            changed(failed) { $0.info?.error = message("di", "it broke") },
            changed(failed) { $0.info?.error = message("id", "it broke 🙂") },
            changed(failed) { $0.info?.error = message("i\0d", "it\0broke") }, changed(failed) { $0.body = nil },
            changed(failed) { $0.info?.error = translated("it broke", "es brach") },
            changed(failed) { $0.info?.error = translated("it brok", "es brach") },
            changed(failed) { $0.body = [] }, changed(failed) { $0.body = [0x7B, 0] },
            changed(failed) { $0.body = [0xFF] }, refused, changed(refused) { $0.result = .unavailable },
            changed(refused) { $0.failure = .text("why not") }, changed(refused) { $0.failure = nil },
            changed(refused) { $0.isAnswer = false },
        ]
        // As it is stored, the text with U+FFFD is that with NUL.
        let again = changed(failed) { $0.info?.error = message("i\u{FFFD}d", "it\u{FFFD}broke") }
        let history = try TemporaryHistory()
        try await history.run(at: .epoch(0), (answers + [again]).enumerated().map { ("vm-\($0.offset)", $0.element) })

        let rows = try await DatabaseQueue(path: history.path).read { db in
            try Row.fetchAll(
                db,
                sql:
                    "SELECT sha256, result, is_answer, http_status, status, start_ms, end_ms, error_id, error_message, error_untranslated, raw FROM answer"
            ).map { row in row.databaseValues.map(\.storage) }
        }
        #expect(rows.count == answers.count)
        for row in rows {
            #expect(row[0] == .blob(Data(SHA256.hash(data: row.dropFirst().flatMap(Self.digested)))), "\(row)")
        }
    }

    /// What the digest takes in of a column.
    private static func digested(_ value: DatabaseValue.Storage) -> [UInt8] {
        func number(_ value: Int64) -> [UInt8] { (0..<8).map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) } }
        func counted(_ bytes: [UInt8]) -> [UInt8] { [1] + number(Int64(bytes.count)) + bytes }
        return switch value {
        case .null: [0]
        case .int64(let value): [1] + number(value)
        case .string(let text): counted(Array(text.utf8))
        case .blob(let data): counted(Array(data))
        case .double: []
        }
    }
}

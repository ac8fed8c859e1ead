import Foundation
import GRDB
import GuestCustomization
import Testing

@testable import HistoryStore

struct AnswerBytesTests {
    /// Answers whose columns hold every kind of value: texts with and without NUL, bodies that are empty, long, or no UTF-8.
    private static func answers(seed: UInt64) -> [Answer] {
        var random = SeededGenerator(seed: seed)
        var draws = RandomAnswers()
        return (0..<30).map { number in
            var answer = draws.next(for: "vm-\(number)", &random)
            let bodies: [[UInt8]?] = [
                nil, [], Array(#"{"status":"RUNNING"}"#.utf8), [0x22, 0, 0x22], [0xFF, 0xFE],
                Array(repeating: UInt8(ascii: "x"), count: Int.random(in: 900...1200, using: &random)),
            ]
            answer.body = bodies[Int.random(in: bodies.indices, using: &random)]
            return answer
        }
    }

    /// `AnswerDigest.swift` word by word, from a row as any SQLite client reads it.
    private static func described(_ row: Row) -> [UInt8] {
        func littleEndian(_ number: Int64) -> [UInt8] { withUnsafeBytes(of: number.littleEndian) { Array($0) } }
        return row.databaseValues.flatMap { value -> [UInt8] in
            switch value.storage {
            case .null: [0]
            case .int64(let number): [1] + littleEndian(number)
            case .double: []
            case .string(let text): [1] + littleEndian(Int64(text.utf8.count)) + Array(text.utf8)
            case .blob(let data): [1] + littleEndian(Int64(data.count)) + Array(data)
            }
        }
    }

    @Test(
        "The bytes of an answer are what its row gives, and its digest is over them", arguments: 0..<20
    )
    func bytesOfAnswerAndRowAgree(seed: UInt64) async throws {
        let history = try TemporaryHistory()
        for (number, answer) in Self.answers(seed: seed).enumerated() {
            try await history.run(at: .epoch(Double(number) * 3600), [("vm-1", answer)])
            var poll = Poll(vm: "vm-1", polledAt: .epoch(0), answer: answer)
            var bytes = AnswerBytes()
            bytes.write(&poll)
            let written = bytes.withUnsafeBytes { Array($0) }
            let digest = AnswerDigest(bytes)

            let columns = "result, http_status, status, start_ms, end_ms, error_id, error_message, raw"
            let described = try history.database.read("read") { db in
                let row = try Row.fetchOne(
                    db, sql: "SELECT \(columns) FROM answer WHERE sha256 = ?", arguments: [digest.data])
                return Self.described(try #require(row))
            }
            #expect(described == written, "answer \(number)")
        }
    }

    @Test(
        "An answer of another run is known again, however long, and any other one is not", arguments: [10, 1024, 3000])
    func knownAgain(length: Int) async throws {
        let history = try TemporaryHistory()
        var answer = Answer.status(.failed, start: 10, end: 20, error: .text("it broke"))
        answer.body = Array(repeating: UInt8(ascii: "x"), count: length)
        for hour in 0..<3 {
            try await history.run(at: .epoch(Double(hour) * 3600), [("vm-1", answer)])
            try history.reopen()
        }
        #expect(try history.query("SELECT count(*) FROM answer") == ["1"])
        answer.body?[length - 1] = UInt8(ascii: "y")
        try await history.run(at: .epoch(4 * 3600), [("vm-1", answer)])
        #expect(try history.query("SELECT count(*) FROM answer") == ["2"])
    }
}

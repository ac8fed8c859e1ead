import GuestCustomization
import Testing

@testable import HistoryStore

/// Each distinct answer is stored once.
@Suite struct AnswerRegisterTests {
    @Test(arguments: [0, 10, 1024, 1025, 3000])
    func `an answer of an earlier run is recognised, however long it is`(length: Int) async throws {
        let history = try TemporaryHistory()
        var answer = Answer.status(.succeeded, start: 10, end: 20)
        answer.body = Array(repeating: UInt8(ascii: "x"), count: length)
        for hour in 0..<3 {
            try await history.run(at: .epoch(Double(hour) * 3600), [("vm-1", answer)])
            try history.reopen()
        }
        #expect(try history.query("SELECT count(*) FROM answer") == ["1"])
    }

    @Test func `any difference from a VM's latest answer makes another answer, which is recognised later`() async throws
    {
        var base = Answer.status(.succeeded, start: 10, end: 20)
        base.body = Array("body".utf8)
        let changes: [(inout Answer) -> Void] = [
            { $0.httpStatus = 206 }, { $0.httpStatus = nil }, { $0.info?.status = .failed },
            { $0.info?.status = CustomizationStatus(rawValue: "SUCCEEDED ") }, { $0.info?.startTime = .epoch(11) },
            { $0.info?.startTime = nil }, { $0.info?.endTime = .epoch(21) }, { $0.info?.endTime = nil },
            { $0.info?.error = .text("it broke") }, { $0.failure = .text("it broke") },
            { $0.body = Array("b0dy".utf8) },
            { $0.body = Array("bod".utf8) }, { $0.body = [] }, { $0.body = nil }, { $0.body = Array("bodyb".utf8) },
        ]
        let history = try TemporaryHistory()
        for (number, change) in changes.enumerated() {
            var other = base
            change(&other)
            for (step, answer) in [base, other, other, base].enumerated() {
                try await history.run(at: .epoch(Double(number * 4 + step) * 3600), [("vm-1", answer)])
                if number % 2 == 0 { try history.reopen() }
            }
            let latest = try history.query("SELECT answer_id FROM poll ORDER BY run_id DESC LIMIT 4")
            #expect(latest[0] == "1" && latest[3] == "1", "change \(number)")
            #expect(latest[1] == latest[2] && latest[1] != "1", "change \(number)")
        }
        // The error of a reported answer and the failure of another are stored in one column.
        #expect(try history.query("SELECT count(*) FROM answer") == [String(changes.count)])
    }
}

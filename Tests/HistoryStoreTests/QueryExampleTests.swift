import Foundation
import GuestCustomization
import TestSupport
import Testing

@testable import HistoryStore

@Suite struct QueryExampleTests {
    /// What the example with these words in its question returns.
    private func answer(_ words: String, _ history: TemporaryHistory) throws -> [[QueryValue]] {
        let example = try #require(QueryExample.all.first { $0.question.contains(words) })
        return try history.queried(example.sql)
    }

    @Test func `the examples contain nothing that a shell reads in double quotes`() {
        #expect(QueryExample.all.count >= 12)
        for example in QueryExample.all {
            #expect(!example.sql.contains { "\"$`\\!".contains($0) }, "\(example.question)")
        }
    }

    @Test func `the examples answer their questions`() async throws {
        let history = try TemporaryHistory()
        // At noon, so that a minute more or less does not change the day.
        let noon = Timestamp.now().startOfUTCDay.advanced(bySeconds: -12 * 3600)
        func day(_ days: Double) -> Timestamp { noon.advanced(bySeconds: -days * 86400) }
        func status(_ status: CustomizationStatus, _ end: Timestamp, _ error: String? = nil) -> Answer {
            Answer(
                result: .reported, httpStatus: 200,
                info: CustomizationInfo(
                    status: status, startTime: end.advanced(bySeconds: -90), endTime: end,
                    error: error.map { .text($0) }))
        }
        let old = status(.failed, day(29.9), "old error")
        try await history.run(at: day(29), [("web-01", old), ("vm-2", old)])
        try await history.run(
            at: day(3), [("web-01", status(.failed, day(3.1), "new error")), ("vm-2", status(.succeeded, day(3.5)))])
        // vm-2 is not reported yesterday.
        try await history.run(
            at: day(0), [("web-01", status(.failed, day(0.1), "new error")), ("vm-2", .nothing(.timedOut, "late"))])

        #expect(try answer("no data yesterday", history).map { $0[1] } == [.text("vm-2")])
        let new = try answer("never been seen", history)
        #expect(
            new.map { [$0[0], $0[1], $0[2], $0[3]] } == [
                [.text(day(3.1).rfc3339), .integer(2), .integer(1), .text("new error")]
            ])
        // web-01 never recovered; vm-2 failed at day 29.9 and succeeded at day 3.5.
        #expect(try answer("on average", history) == [[.text("vc"), .integer(1), .real(26.4 * 1440)]])
        #expect(try answer("fail now", history).map { $0[1] } == [.text("name of web-01")])
        #expect(try answer("more than two hours", history).map { $0[1] } == [29, 3, 0].map { .text(day($0).rfc3339) })
        let gap = try answer("nobody looked", history)
        #expect(gap.map { $0[1] } == [.text(day(0).rfc3339)])
        guard case .real(let minutes) = try #require(gap.first)[2] else {
            Issue.record("no minutes")
            return
        }
        #expect((720...2880).contains(minutes))
        #expect(try answer("took longest", history).count == 3)
        #expect(try answer("hours (UTC)", history).reduce(0) { $0 + ($1[2] == .integer(0) ? 0 : 1) } > 0)
        #expect(try answer("ended without", history).isEmpty)
    }

    @Test func `a customization whose end vCenter left out is in them`() async throws {
        let history = try TemporaryHistory()
        let now = Timestamp.now()
        let endless = Answer(
            result: .reported, httpStatus: 200,
            info: CustomizationInfo(
                status: .failed, startTime: now.advanced(bySeconds: -90), endTime: nil, error: .text("new error")))
        try await history.run(at: now.advanced(bySeconds: -60), [("vm-1", endless)])
        #expect(try answer("never been seen", history).map { $0[3] } == [.text("new error")])
        #expect(try answer("hours (UTC)", history).map { $0[2] } == [.integer(1)])
        let week = try answer("week by week", history)
        #expect(week.map { $0[1] == .null } == [false])
    }

    @Test func `the polls of one VM are shown with their answers`() async throws {
        let history = try TemporaryHistory()
        let now = Timestamp.now()
        let listing = [VirtualMachine(id: "vm-1", name: "web-01"), VirtualMachine(id: "vm-2", name: "web-02")]
        let failed = Answer.status(.failed, start: 1, end: 2, error: .text("no Perl"))
        try await history.run(
            at: now.advanced(bySeconds: -3600), listing: listing,
            [("vm-1", failed), ("vm-2", .status(.succeeded, start: 1, end: 2))])
        try await history.run(
            at: now.advanced(bySeconds: -1800), listing: listing, outcome: .partial,
            [("vm-1", .nothing(.unavailable, "busy"))])
        #expect(
            try answer("poll by poll", history).map { Array($0[1...]) } == [
                [.text("reported"), .text("FAILED"), .text("no Perl")], [.text("unavailable"), .null, .text("busy")],
            ])
        #expect(try answer("What exactly", history).count == 1)
        #expect(try answer("not complete", history).map { $0[3] } == [.text("partial")])
    }
}

extension TemporaryHistory {
    /// The rows of a query by `HistoryDatabase.query`.
    func queried(_ sql: String) throws -> [[QueryValue]] {
        let database = try Self.open(path, .readOnly)
        defer { try? database.close() }
        var rows: [[QueryValue]] = []
        try database.query(sql, timeout: nil, head: { _ in }, row: { rows.append($0) })
        return rows
    }
}

extension Timestamp {
    /// Midnight, UTC.
    fileprivate var startOfUTCDay: Timestamp {
        Timestamp(unixMilliseconds: unixMilliseconds - unixMilliseconds % 86_400_000)
    }
}

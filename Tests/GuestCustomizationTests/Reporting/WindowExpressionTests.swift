import Foundation
import GuestCustomization
import ReportRendering
import Testing

@Suite struct WindowExpressionTests {
    /// Monday, 09:30 in Berlin.
    private let now = "2026-11-23T08:30:00.500Z"

    private func window(_ since: String, _ until: String = "now", zone: String = "Europe/Berlin", now: String? = nil)
        throws
        -> ReportWindow
    {
        try ReportWindow(
            since: since, until: until, now: try #require(Timestamp(rfc3339: now ?? self.now)),
            timeZone: try #require(TimeZone(identifier: zone)))
    }

    @Test(arguments: [
        ("90m", "2026-11-23T07:00:00.500Z"),
        ("24h", "2026-11-22T08:30:00.500Z"),
        ("7d", "2026-11-16T08:30:00.500Z"),
        ("2w", "2026-11-09T08:30:00.500Z"),
        ("2026-11-01", "2026-10-31T23:00:00.000Z"),
        ("2026-11-01T08:00", "2026-11-01T07:00:00.000Z"),
        ("2026-07-01T08:00:30", "2026-07-01T06:00:30.000Z"),
        ("2026-11-01T08:00:00Z", "2026-11-01T08:00:00.000Z"),
        ("2026-11-01T08:00:00.25-05:00", "2026-11-01T13:00:00.250Z"),
        ("today", "2026-11-22T23:00:00.000Z"),
        ("yesterday", "2026-11-21T23:00:00.000Z"),
        ("2024-02-29", "2024-02-28T23:00:00.000Z"),
        ("0001-01-01T00:00:00Z", "0001-01-01T00:00:00.000Z"),
        ("1d12h", "2026-11-21T20:30:00.500Z"),
        ("2w3d4h5m", "2026-11-06T04:25:00.500Z"),
        // Every form of a time, by the local clocks and in a zone.
        ("2026-11-01 08:00", "2026-11-01T07:00:00.000Z"),
        ("2026-11-01 08:00:30", "2026-11-01T07:00:30.000Z"),
        ("2026-11-01T08:00:30.25", "2026-11-01T07:00:30.250Z"),
        ("2026-11-01 08:00:30,123456789", "2026-11-01T07:00:30.123Z"),
        ("2026-11-01T08:00Z", "2026-11-01T08:00:00.000Z"),
        ("2026-11-01t08:00z", "2026-11-01T08:00:00.000Z"),
        ("2026-11-01 08:00+05:30", "2026-11-01T02:30:00.000Z"),
        ("2026-11-01 08:00:00.5 -0530", "2026-11-01T13:30:00.500Z"),
        ("2026-11-01T08:00-05", "2026-11-01T13:00:00.000Z"),
        ("2026-11-01 08:00 UTC", "2026-11-01T08:00:00.000Z"),
        ("2026-11-01 08:00 GMT", "2026-11-01T08:00:00.000Z"),
        ("2026-11-01 08:00 UTC+5:45", "2026-11-01T02:15:00.000Z"),
        ("2026-11-01 08:00 UTC-3", "2026-11-01T11:00:00.000Z"),
        ("2026-11-01 08:00 CET", "2026-11-01T07:00:00.000Z"),
        ("2026-11-01 08:00 CEST", "2026-11-01T06:00:00.000Z"),
        ("2026-07-01 08:00 CET", "2026-07-01T07:00:00.000Z"),
        ("2026-11-01 08:00 America/New_York", "2026-11-01T13:00:00.000Z"),
        ("2026-11-01Z", "2026-11-01T00:00:00.000Z"),
        ("2026-11-01 UTC", "2026-11-01T00:00:00.000Z"),
        ("2026-11-01+01:00", "2026-10-31T23:00:00.000Z"),
        // The hour that clocks in Berlin show twice.
        ("2026-10-25 02:30", "2026-10-25T00:30:00.000Z"),
        ("2026-10-25 02:30 CEST", "2026-10-25T00:30:00.000Z"),
        ("2026-10-25 02:30 CET", "2026-10-25T01:30:00.000Z"),
    ])
    func `--since accepts every form of time`(text: String, instant: String) throws {
        #expect(try window(text).since.rfc3339 == instant)
    }

    @Test func `--until has the same grammar and defaults to now`() throws {
        #expect(try window("7d").until.rfc3339 == now)
        #expect(try window("yesterday", "today").until.rfc3339 == "2026-11-22T23:00:00.000Z")
        #expect(try window("2w", "7d").until.rfc3339 == "2026-11-16T08:30:00.500Z")
    }

    @Test func `a day is 24 hours when counting back and a calendar day otherwise`() throws {
        // The clocks of Berlin went back in the night to 25 October 2026, a day of 25 hours.
        let afterwards = "2026-10-25T11:00:00Z"
        #expect(try window("1d", now: afterwards).since.rfc3339 == "2026-10-24T11:00:00.000Z")
        #expect(try window("today", now: afterwards).since.rfc3339 == "2026-10-24T22:00:00.000Z")
        #expect(try window("yesterday", now: "2026-10-26T11:00:00Z").since.rfc3339 == "2026-10-24T22:00:00.000Z")
        #expect(try window("today", now: "2026-10-26T11:00:00Z").since.rfc3339 == "2026-10-25T23:00:00.000Z")
    }

    @Test(arguments: [
        // Skipped: from 02:00 to 03:00 in Berlin, the hour from midnight on in São Paulo, a whole day in Samoa.
        ("2026-03-29T02:30", "Europe/Berlin", "2026-03-29T01:00:00.000Z"),
        ("2026-03-29T03:00", "Europe/Berlin", "2026-03-29T01:00:00.000Z"),
        ("2026-03-29T01:59", "Europe/Berlin", "2026-03-29T00:59:00.000Z"),
        ("2018-11-04", "America/Sao_Paulo", "2018-11-04T03:00:00.000Z"),
        ("2011-12-30", "Pacific/Apia", "2011-12-30T10:00:00.000Z"),
        ("2011-12-31", "Pacific/Apia", "2011-12-30T10:00:00.000Z"),
        // Shown twice: from 02:00 to 03:00 in Berlin, from 01:30 to 02:00 on Lord Howe Island.
        ("2026-10-25T02:30", "Europe/Berlin", "2026-10-25T00:30:00.000Z"),
        ("2026-10-25T03:00", "Europe/Berlin", "2026-10-25T02:00:00.000Z"),
        ("2026-04-05T01:45", "Australia/Lord_Howe", "2026-04-04T14:45:00.000Z"),
        // Neither.
        ("2026-06-01", "Asia/Kathmandu", "2026-05-31T18:15:00.000Z"),
        ("2026-06-01", "UTC", "2026-06-01T00:00:00.000Z"),
    ])
    func `a local time is the first instant at which the clocks reach it`(text: String, zone: String, instant: String)
        throws
    {
        #expect(try window(text, zone: zone).since.rfc3339 == instant)
    }

    /// Compares with the definition, minute by minute around every change of the clocks.
    @Test(arguments: [
        ("Europe/Berlin", "2026-03-28T12:00:00Z"), ("Europe/Berlin", "2026-10-24T12:00:00Z"),
        ("Australia/Lord_Howe", "2026-10-03T04:00:00Z"), ("Pacific/Apia", "2011-12-29T20:00:00Z"),
    ])
    func `the first instant is where a clock first shows the time or a later one`(zone: String, from: String) throws {
        let calendar = LocalCalendar(try #require(TimeZone(identifier: zone)))
        let start = try #require(Timestamp(rfc3339: from))
        let minutes = (0..<(2 * 1440)).map { start.advanced(bySeconds: Double($0 * 60)) }
        let shown = minutes.map { calendar.civilTime(at: $0) }
        var wanted = Set(shown).filter { $0 > shown[0] }.sorted()[...]
        var wrong: [CivilTime] = []
        for (minute, time) in zip(minutes, shown) {
            while let next = wanted.first, next <= time {
                if calendar.firstInstant(of: next) != minute { wrong.append(next) }
                wanted.removeFirst()
            }
        }
        #expect(wanted.isEmpty && wrong.isEmpty)
    }

    @Test(arguments: [
        "", " ", "7", "d", "7 d", "-7d", "+7d", "7D", "1.5h", "7s", "7y", "7d\u{301}", "٧d", "tomorrow", "Today",
        "2026-11",
        "2026-11-1", "2026-11-01T8:00", "2026-11-01T08", "2026-11-01T", "2026-11-01  08:00", " 2026-11-01",
        "2026-11-01 ",
        "2026-11-01T08:00:00+1", "11/01/2026", "2026-11-01\n", "0x7d", "7h7d", "7d7d", "1d12", "1d 12h", "d12h",
        "2026-11-01 08:00 EST", "2026-11-01 08:00 XYZ", "2026-11-01 08:00 UTC+24", "2026-11-01 08:00+99:00",
        "2026-11-01 08:00 ../../etc/passwd", "2026-11-01 08:00 Europe/Atlantis", "2026-11-01 08:00:30.", "2026-11-01.5",
    ])
    func `any other text is refused with the grammar`(text: String) {
        #expect(throws: WindowExpressionError.notUnderstood(option: "--since", text: text)) { try window(text) }
        #expect(throws: WindowExpressionError.notUnderstood(option: "--until", text: text)) { try window("7d", text) }
    }

    @Test func `the error names the option, the text and the grammar on one line`() throws {
        let hostile = WindowExpressionError.notUnderstood(
            option: "--until", text: "\u{1B}[31m\n\u{202E}" + String(repeating: "9", count: 10_000))
        #expect(hostile.description.hasPrefix(#"--until "\u{1B}[31m\n\u{202E}999"#))
        #expect(hostile.description.contains(ReportWindow.grammar))
        #expect(hostile.description.count < 500)
        #expect(!hostile.description.contains { $0.isNewline || $0 == "\u{1B}" || $0 == "\u{202E}" })
    }

    @Test(arguments: [
        "2026-02-29", "2026-13-01", "2026-00-10", "2026-11-00", "2026-11-31", "0000-01-01", "2026-11-01T24:00",
        "2026-11-01T08:60", "2026-11-01T08:00:60", "2026-02-30T08:00:00Z", "2026-02-30 08:00 UTC",
    ])
    func `a date that does not exist is refused`(text: String) {
        #expect(throws: WindowExpressionError.noSuchDate(option: "--since", text: text)) { try window(text) }
    }

    @Test(arguments: ["36526d", "876601h", "5218w", "9223372036854775807m", "99999999999999999999999w"])
    func `an absurd amount is refused`(text: String) {
        #expect(throws: WindowExpressionError.tooFarBack(option: "--since", text: text)) { try window(text) }
    }

    /// In any zone, the program accepts the minutes that it shows.
    @Test(arguments: [
        "Europe/Berlin", "Europe/London", "America/New_York", "America/Sao_Paulo", "Asia/Kathmandu", "Asia/Kolkata",
        "Australia/Lord_Howe", "Pacific/Apia", "Pacific/Chatham", "UTC", "Etc/UTC", "Africa/Casablanca",
    ])
    func `a displayed time is accepted as input`(zone: String) throws {
        let timeZone = try #require(TimeZone(identifier: zone))
        let format = LocalTimeFormat(timeZone)
        let start = try #require(Timestamp(rfc3339: "2026-01-01T00:00:00Z"))
        var wrong: [String] = []
        // Every seven hours of a year, changes of the clocks among them.
        for step in 0..<1250 {
            let instant = start.advanced(bySeconds: Double(step) * 25_200 + Double(step % 60))
            for text in [format.dateTimeAndZone(instant), instant.rfc3339] {
                let read = try? ReportWindow.instant(text, of: "--at", now: start, timeZone: timeZone)
                if read != instant { wrong.append("\(text) read as \(read?.rfc3339 ?? "nothing")") }
            }
        }
        #expect(wrong.isEmpty)
    }

    @Test func `a hundred years are allowed`() throws {
        #expect(try window("36525d").since.rfc3339 == "1926-11-23T08:30:00.500Z")
    }

    @Test(arguments: [("today", "yesterday"), ("now", "now"), ("0m", "now"), ("2027-01-01", "now"), ("7d", "2w")])
    func `an empty window is refused`(since: String, until: String) {
        #expect {
            try window(since, until)
        } throws: { error in
            guard case .empty(let since, let until) = error as? WindowExpressionError else { return false }
            return since >= until && "\(error)".contains("--since (\(since)) must be before --until (\(until))")
        }
    }

    @Test func `a command that has no --until is not told of one`() throws {
        let now = try #require(Timestamp(rfc3339: "2026-11-28T12:00:00Z"))
        #expect(throws: WindowExpressionError.inFuture(since: now.advanced(bySeconds: 3600))) {
            try ReportWindow(since: "2026-11-28T13:00:00Z", now: now, timeZone: .gmt)
        }
    }
}

extension CivilTime: Comparable {
    package static func < (left: CivilTime, right: CivilTime) -> Bool {
        (left.year, left.month, left.day, left.hour * 3600 + left.minute * 60 + left.second)
            < (right.year, right.month, right.day, right.hour * 3600 + right.minute * 60 + right.second)
    }
}

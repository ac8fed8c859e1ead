import Foundation
import GuestCustomization
import Testing

@Suite struct DayReportTests {
    private func instant(_ text: String) throws -> Timestamp { try #require(Timestamp(rfc3339: text)) }

    private func days(_ since: String, _ until: String, in zone: String, failedAt: [String] = []) throws -> [DayReport]
    {
        let window = ReportWindow(since: try instant(since), until: try instant(until))
        var builder = ReportBuilder(window: window, timeZone: try #require(TimeZone(identifier: zone)))
        for failure in try failedAt.map(instant) {
            var failed = customization(.failed, end: 0)
            failed.endTime = failure
            builder.add(failed)
        }
        return builder.build(coverage: ReportCoverage(), generatedAt: window.until).days
    }

    @Test func `the day on which the clocks go back has 25 hours`() throws {
        let days = try days(
            "2026-10-23T22:00:00Z", "2026-10-26T23:00:00Z", in: "Europe/Berlin",
            failedAt: [
                "2026-10-24T21:59:59.999Z", "2026-10-24T22:00:00Z", "2026-10-25T22:59:59.999Z", "2026-10-25T23:00:00Z",
            ])
        #expect(days.map(\.date) == ["2026-10-24", "2026-10-25", "2026-10-26"])
        #expect(days.map { $0.until.seconds(since: $0.since) / 3600 } == [24, 25, 24])
        #expect(days.map(\.figures.failed) == [1, 2, 1])
    }

    @Test func `the day on which the clocks go forward has 23 hours`() throws {
        let days = try days("2026-03-28T23:00:00Z", "2026-03-30T22:00:00Z", in: "Europe/Berlin")
        #expect(days.map(\.date) == ["2026-03-29", "2026-03-30"])
        #expect(days.map { $0.until.seconds(since: $0.since) / 3600 } == [23, 24])
    }

    /// Samoa had no 30 December 2011; Beirut and other places skip midnight once a year.
    @Test(arguments: [
        ("Pacific/Apia", "2011-12-29T10:00:00Z", "2011-12-31T10:00:00Z", ["2011-12-29", "2011-12-31"]),
        ("Asia/Beirut", "2026-03-27T22:00:00Z", "2026-03-29T21:00:00Z", ["2026-03-28", "2026-03-29"]),
        ("Asia/Kathmandu", "2026-03-27T18:15:00Z", "2026-03-28T18:15:00Z", ["2026-03-28"]),
    ])
    func `a skipped day or a day without midnight is handled`(
        zone: String, since: String, until: String, dates: [String]
    ) throws {
        #expect(try days(since, until, in: zone).map(\.date) == dates)
    }

    @Test func `the first and the last day end with the window`() throws {
        let days = try days("2026-11-01T08:00:00Z", "2026-11-02T08:00:00Z", in: "UTC")
        #expect(days.map(\.date) == ["2026-11-01", "2026-11-02"])
        #expect(try days.first?.since == instant("2026-11-01T08:00:00Z"))
        #expect(try days.last?.until == instant("2026-11-02T08:00:00Z"))
        #expect(days[0].until == days[1].since)
    }

    @Test func `a day without polls has no data unless a later poll reported on it`() throws {
        let window = ReportWindow(
            since: try instant("2026-11-01T00:00:00Z"), until: try instant("2026-11-04T00:00:00Z"))
        var builder = ReportBuilder(window: window)
        var failed = customization(.failed, end: 0)
        failed.endTime = try instant("2026-11-02T12:00:00Z")
        builder.add(failed)
        builder.addGoodRun(of: "vc-a", at: try instant("2026-11-03T12:00:00Z"))
        builder.addGoodRun(of: "vc-a", at: try instant("2026-11-04T00:00:00Z"))
        let report = builder.build(coverage: ReportCoverage(), generatedAt: window.until)
        #expect(report.days.map(\.isWithoutData) == [true, false, false])
        #expect(report.days.map(\.goodRuns) == [0, 0, 1])
        #expect(report.vCenters.map(\.goodRuns) == [1])
    }

    @Test func `a report without a start lists only days from the first with data`() throws {
        let days = try days(
            "0001-01-01T00:00:00Z", "2026-11-03T00:00:00Z", in: "Europe/Berlin", failedAt: ["2026-11-01T12:00:00Z"])
        #expect(days.map(\.date) == ["2026-11-01", "2026-11-02", "2026-11-03"])
        let ancient = try self.days(
            "0001-01-01T00:00:00Z", "2026-11-03T00:00:00Z", in: "UTC", failedAt: ["1500-01-01T12:00:00Z"])
        #expect(ancient.first?.figures.failed == 1)
        #expect(ancient.count <= 36_526)
    }
}

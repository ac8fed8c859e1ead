import GuestCustomization
import TestSupport
import Testing

@Suite struct WatchRecordTests {
    private static let day = 86_400.0

    /// The record of a vCenter whose good runs began at these seconds after `at(0)`, in a window that ends at `now`.
    private func record(_ goodRuns: [Double], since: Double, until: Double, now: Double? = nil) -> WatchRecord {
        let knownUntil = min(until, now ?? until)
        let known = goodRuns.filter { $0 < knownUntil }.sorted()
        return WatchRecord(
            vCenter: "vc", window: ReportWindow(since: at(since), until: at(until)), knownUntil: at(knownUntil),
            runs: goodRuns.count, firstGoodRunAt: goodRuns.min().map(at),
            goodRuns: known.filter { $0 >= since }.map(at), before: known.last { $0 < since }.map(at),
            recent: known.suffix(101).map(at))
    }

    private func gaps(_ record: WatchRecord) -> [[Double]] {
        record.gaps.map { [$0.since.seconds(since: at(0)), $0.until.seconds(since: at(0))] }
    }

    private func every(_ seconds: Double, from first: Double, to last: Double) -> [Double] {
        Array(stride(from: first, through: last, by: seconds))
    }

    @Test func `a history that began a minute ago watched nearly nothing of 30 days`() {
        let record = record([30 * Self.day - 60], since: 0, until: 30 * Self.day)
        #expect(gaps(record) == [[0, 30 * Self.day - 60]])
        #expect(record.longestGapSeconds == 30 * Self.day - 60)
        #expect(record.firstGoodRunAt == at(30 * Self.day - 60))
    }

    @Test func `the usual time between runs is not a gap`() {
        for interval in [300.0, 600, 3600, Self.day] {
            let record = record(
                every(interval, from: -40 * interval, to: 40 * interval), since: 0.5 * interval, until: 40.9 * interval)
            #expect(record.gaps.isEmpty, "\(interval)")
            #expect(record.longestGapSeconds == interval)
        }
    }

    @Test func `a stopped collector leaves a gap up to now`() {
        let runs = every(600, from: -6000, to: 6000)
        let stopped = record(runs, since: 0, until: 20_000)
        #expect(gaps(stopped) == [[6000, 20_000]])
        #expect(stopped.longestGapSeconds == 14_000)
        #expect(stopped.gaps.last?.until == stopped.knownUntil)
        // The time after now is not a gap.
        #expect(gaps(record(runs, since: 0, until: 1_000_000, now: 20_000)) == [[6000, 20_000]])
        #expect(gaps(record(runs, since: 0, until: 1_000_000, now: 6700)).isEmpty)
    }

    @Test func `a schedule that has become slower counts after three of its intervals`() {
        let runs = every(600, from: 0, to: 60_000)
        let hourly = [63_600, 67_200, 70_800.0]
        func silent(_ later: Int, after seconds: Double) -> Bool {
            let runs = runs + hourly.prefix(later)
            return record(runs, since: 0, until: (runs.last ?? 0) + seconds).notPolledSince() != nil
        }
        #expect(!silent(0, after: 1500) && silent(0, after: 1501))
        #expect(silent(2, after: 1501))
        #expect(!silent(3, after: 9000) && silent(3, after: 9001))
    }

    @Test func `a past silence is judged by the intervals before it`() {
        func silences(_ runs: [Double]) -> [[Double]] {
            record(runs, since: runs.last ?? 0, until: (runs.last ?? 0) + 1).pastSilences().map {
                [$0.since.seconds(since: at(0)), $0.until.seconds(since: at(0))]
            }
        }
        let tenMinutes = every(600, from: 0, to: 12_000)
        #expect(silences(tenMinutes + [30_000, 30_600]) == [[12_000, 30_000]])
        #expect(silences(every(3600, from: -40 * 3600, to: 0) + tenMinutes.dropFirst()) == [])
        #expect(silences([-18_000] + tenMinutes) == [])
        #expect(record(tenMinutes, since: 0, until: 12_001).pastSilences(silentAfter: 60).isEmpty)
    }

    @Test func `events tell of gaps up to when they were last read`() {
        func told(_ events: (since: Double, until: Double), of record: WatchRecord) -> [Double?]? {
            var record = record
            record.toldByEvents = ReportWindow(since: at(events.since), until: at(events.until))
            return record.toldOfGaps.map { [$0.since.seconds(since: at(0)), $0.until?.seconds(since: at(0))] }
        }
        let begun = record(every(600, from: 30_000, to: 60_000), since: 0, until: 60_000)
        #expect(told((-90_000, 59_000), of: begun) == [0, nil])
        #expect(told((10_000, 59_000), of: begun) == [10_000, nil])
        #expect(told((29_500, 59_000), of: begun) == nil)
        let stopped = record(every(600, from: -6000, to: 6000), since: 0, until: 200_000)
        // Read in the last run, which says nothing about the time since then.
        #expect(told((-90_000, 6100), of: stopped) == nil)
        #expect(told((-90_000, 50_000), of: stopped) == [6000, 50_000])
        #expect(told((-90_000, 200_000), of: stopped) == [6000, nil])
        let both = record(every(600, from: 30_000, to: 60_000), since: 0, until: 200_000)
        #expect(told((-90_000, 60_100), of: both) == [0, 60_100])
        #expect(told((-90_000, -10), of: both) == nil)
        // What is left in the window of a gap of a day.
        let cut = record([-86_100] + every(600, from: 300, to: 60_000), since: 0, until: 60_000)
        #expect(gaps(cut) == [[0, 300]])
        #expect(told((-90_000, 59_000), of: cut) == [0, nil])
        #expect(told((-90_000, -10), of: cut) == nil)
    }

    @Test func `a gap that began before the window is cut to the window`() {
        let record = record(
            every(600, from: -90_000, to: -60_000) + every(600, from: 30_000, to: 60_000), since: 0, until: 60_600)
        #expect(gaps(record) == [[0, 30_000]])
        #expect(record.unwatchedSeconds == 30_000)
        #expect(record.longestGapSeconds == 90_000)
    }

    @Test func `a window without a run is one gap`() {
        #expect(gaps(record(every(600, from: -90_000, to: -60_000), since: 0, until: 5000)) == [[0, 5000]])
        #expect(gaps(record([], since: 0, until: 5000)) == [[0, 5000]])
        #expect(record([], since: 0, until: 5000).longestGapSeconds == 5000)
    }

    @Test func `passes over both endpoints and followed ones do not make an hour unusual`() {
        let both = every(3600, from: 0, to: 360_000).flatMap { [$0, $0 + 5] }
        #expect(record(both, since: 0, until: 362_000).gaps.isEmpty)
        let followed = every(600, from: 0, to: 60_000) + every(5, from: 60_005, to: 60_200)
        #expect(record(followed, since: 0, until: 61_000).gaps.isEmpty)
    }

    /// A run recorded when our clock was years ahead is not the latest one and does not hide the gap before it.
    @Test func `a run with a future time hides no gap`() {
        let runs = every(600, from: -6000, to: 6000) + [100_000_000]
        let record = record(runs, since: 0, until: 20_000)
        #expect(gaps(record) == [[6000, 20_000]])
        #expect(record.lastGoodRunAt == at(6000))
    }
}

import TestSupport
import Testing

@testable import GuestCustomization

@Suite struct DurationStatisticsTests {
    @Test func `no durations have no statistics`() {
        #expect(DurationStatistics([]) == nil)
    }

    @Test func `a single duration is every statistic`() throws {
        let one = try #require(DurationStatistics([41.2]))
        #expect(
            [one.minimum, one.mean, one.p50, one.p90, one.p95, one.p99, one.maximum] == Array(repeating: 41.2, count: 7)
        )
        #expect(one.count == 1)
    }

    /// The expected values are what numpy 2.4.6 prints for the same list.
    @Test func `the statistics agree with numpy`() throws {
        let statistics = try #require(DurationStatistics([41.2, 12.5, 3.75, 190.001, 60.0, 7.0, 7.0]))
        #expect(statistics.count == 7)
        #expect(statistics.minimum == 3.75)
        #expect(abs(statistics.mean - 45.921571428571426) < 1e-12)
        #expect(statistics.p50 == 12.5)
        #expect(abs(statistics.p90 - 112.00040000000003) < 1e-9)
        #expect(abs(statistics.p95 - 151.0007) < 1e-9)
        #expect(abs(statistics.p99 - 182.20094) < 1e-9)
        #expect(statistics.maximum == 190.001)
    }

    /// The definition by weights: each of the two closest ranks counts by its distance.
    @Test(arguments: 1...200) func `a percentile agrees with the naive definition`(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let count = Int.random(in: 1...60, using: &random)
        let values = (0..<count).map { _ in Double(Int.random(in: 0...100_000, using: &random)) / 1000 }
        let sorted = values.sorted()
        let statistics = try #require(DurationStatistics(values))
        for (fraction, percentile) in [
            (0.5, statistics.p50), (0.9, statistics.p90), (0.95, statistics.p95), (0.99, statistics.p99),
        ] {
            let rank = fraction * Double(count - 1)
            let naive = sorted.enumerated().reduce(0.0) { sum, entry in
                sum + entry.element * max(0, 1 - abs(Double(entry.offset) - rank))
            }
            #expect(abs(percentile - naive) < 1e-6, "p\(fraction) of \(sorted)")
        }
        #expect(statistics.p50 <= statistics.p90 && statistics.p90 <= statistics.p95)
        #expect(statistics.p95 <= statistics.p99 && statistics.p99 <= statistics.maximum)
        #expect(statistics.minimum <= statistics.p50 && statistics.minimum <= statistics.mean)
    }
}

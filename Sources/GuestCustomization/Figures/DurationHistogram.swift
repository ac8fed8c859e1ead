/// Counts of durations between fixed bounds, which do not depend on the data, so that two reports can be compared.
package struct DurationHistogram: Hashable, Sendable {
    /// Upper bounds of the buckets, inclusive, in seconds. There is one bucket more than bounds; the last one has no upper bound.
    package static let bounds: [Double] = [5, 10, 20, 30, 45, 60, 120, 300, 600, 1800, 3600, 14_400]
    /// One count for each bucket.
    package var counts: [Int]

    /// Counts durations in seconds.
    package init(_ seconds: some Sequence<Double> = []) {
        counts = Array(repeating: 0, count: Self.bounds.count + 1)
        for duration in seconds {
            counts[Self.bounds.firstIndex { duration <= $0 } ?? Self.bounds.count] += 1
        }
    }
}

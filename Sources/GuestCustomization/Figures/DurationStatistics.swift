/// Statistics of a set of durations, in seconds.
///
/// Definition 5 of docs/design.md §2.
package struct DurationStatistics: Hashable, Sendable {
    /// How many durations there are; at least 1.
    package var count: Int
    /// The shortest duration.
    package var minimum: Double
    /// The arithmetic mean.
    package var mean: Double
    /// The median.
    package var p50: Double
    /// The 90th percentile.
    package var p90: Double
    /// The 95th percentile.
    package var p95: Double
    /// The 99th percentile.
    package var p99: Double
    /// The longest duration.
    package var maximum: Double

    /// The statistics of durations in seconds, in any order; `nil` if there are none.
    package init?(_ seconds: [Double]) {
        self.init(ascending: seconds.sorted()[...])
    }

    /// The statistics of durations in seconds, in ascending order; `nil` if there are none.
    init?(ascending sorted: ArraySlice<Double>) {
        guard let first = sorted.first, let last = sorted.last else { return nil }
        count = sorted.count
        minimum = first
        mean = sorted.reduce(0, +) / Double(sorted.count)
        p50 = Self.percentile(0.5, ofSorted: sorted)
        p90 = Self.percentile(0.9, ofSorted: sorted)
        p95 = Self.percentile(0.95, ofSorted: sorted)
        p99 = Self.percentile(0.99, ofSorted: sorted)
        maximum = last
    }

    /// The value below which `fraction` (0…1) of the ascending, non-empty `values` lie, interpolated linearly between the
    /// two closest ranks.
    ///
    /// Source: numpy's `percentile(method: "linear")` and PostgreSQL's `percentile_cont`, which agree.
    static func percentile(_ fraction: Double, ofSorted values: ArraySlice<Double>) -> Double {
        let rank = fraction * Double(values.count - 1)
        let lower = values.startIndex + Int(rank)
        let upper = min(lower + 1, values.endIndex - 1)
        let between = values[lower] + (values[upper] - values[lower]) * (rank - rank.rounded(.down))
        // Rounding must not move a percentile past the values it lies between.
        return min(max(between, values[lower]), values[upper])
    }
}

import GuestCustomization

/// What numbers and texts of a history can be. Whatever lies outside was not written by this program, and is refused before anybody
/// counts with it: within them no sum and no difference overflows.
enum StoredBounds {
    /// Numbers of rows. Up to where a double is exact.
    static let ids: ClosedRange<Int64> = 1...(1 << 53)
    /// Counts of VMs, polls, runs and customizations, as they are stored: more polls than an estate has in centuries.
    static let counts: ClosedRange<Int64> = 0...(1 << 40)
    /// The same added up by SQLite. A few of them can be added again.
    static let countSums: ClosedRange<Int64> = 0...(1 << 58)
    /// Milliseconds since 1970: what RFC 3339 can write, the years 1 to 9999, and a day more on both sides for the offset from UTC.
    static let instants: ClosedRange<Int64> = -62_135_683_200_000...253_402_387_200_000
    /// Milliseconds between two instants.
    static let spans: ClosedRange<Int64> =
        (instants.lowerBound - instants.upperBound)...(instants.upperBound - instants.lowerBound)
    /// Seconds: the durations of all customizations together.
    static let sums: ClosedRange<Double> = 0...1e18
    /// Bytes of one value. An answer's body is shorter by far.
    static let longestValue = 32 << 20
}

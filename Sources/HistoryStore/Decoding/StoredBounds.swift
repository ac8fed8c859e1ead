import GuestCustomization

/// The bounds of numbers and texts in a history. Anything outside was not written by this program, and is refused before it is used
/// in arithmetic: within these bounds no sum and no difference overflows.
enum StoredBounds {
    /// Row ids, up to the largest integer that a double represents exactly.
    static let ids: ClosedRange<Int64> = 1...(1 << 53)
    /// Stored counts of VMs, polls, runs and customizations: more polls than any site makes in centuries.
    static let counts: ClosedRange<Int64> = 0...(1 << 40)
    /// Sums of such counts computed by SQLite. A few such sums can be added without overflow.
    static let countSums: ClosedRange<Int64> = 0...(1 << 58)
    /// Milliseconds since 1970: what RFC 3339 can write, the years 1 to 9999, and a day more on both sides for the offset from UTC.
    static let instants: ClosedRange<Int64> = -62_135_683_200_000...253_402_387_200_000
    /// Milliseconds between two instants.
    static let spans: ClosedRange<Int64> =
        (instants.lowerBound - instants.upperBound)...(instants.upperBound - instants.lowerBound)
    /// Seconds: the durations of all customizations together.
    static let sums: ClosedRange<Double> = 0...1e18
    /// Bytes of one value. An answer's body is far shorter.
    static let maximumSize = 32 << 20
}

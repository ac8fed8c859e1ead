/// That our clock and a vCenter's have moved against each other from one collection run to the next: one of them was set.
package struct ClockStep: Hashable, Sendable {
    /// By how much the vCenter's clock is further ahead of ours than it was, in seconds; negative if it is further behind.
    package var seconds: Double

    /// In seconds. HTTP dates are whole seconds, an answer takes its time, and clocks that nobody sets drift apart slowly.
    private static let leastWorthTelling = 10.0

    /// - Parameters: How far the vCenter's clock was ahead of ours in two successive runs, in seconds; `nil` where it did not tell.
    /// - Returns: `nil` if the clocks have kept step, or that is not known.
    package init?(from earlier: Double?, to later: Double?) {
        guard let earlier, let later, abs(later - earlier) > Self.leastWorthTelling else { return nil }
        seconds = later - earlier
    }
}

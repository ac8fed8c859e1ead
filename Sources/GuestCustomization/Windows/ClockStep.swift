/// A shift between our clock and a vCenter's from one collection run to the next: one of them was set.
package struct ClockStep: Hashable, Sendable {
    /// How much further ahead of ours the vCenter's clock is than before, in seconds; negative if it is further behind.
    package var seconds: Double

    /// In seconds. HTTP dates are whole seconds, answers are delayed, and clocks drift apart slowly by themselves.
    private static let reportingThreshold = 10.0

    /// - Parameters: How far the vCenter's clock was ahead of ours in two successive runs, in seconds; `nil` if it sent no date.
    /// - Returns: `nil` if the clocks have kept step, or if that is not known.
    package init?(from earlier: Double?, to later: Double?) {
        guard let earlier, let later, abs(later - earlier) > Self.reportingThreshold else { return nil }
        seconds = later - earlier
    }
}

/// What a set of customizations comes to: those of one VM, or all of a window.
///
/// Definitions 2 to 6 of docs/design.md §2.
package struct CustomizationFigures: Hashable, Sendable {
    package var succeeded = 0
    package var failed = 0
    package var running = 0
    package var pending = 0
    package var lost = 0
    package var other = 0
    /// How many of the running and pending ones were so for too long at their latest poll.
    package var stuck = 0
    /// How many finished ones ended before they began, by the server's clock; they are left out of `durations`.
    package var clockFaults = 0
    /// Of the finished ones that have both times; `nil` if there are none.
    package var durations: DurationStatistics?
    /// Whether nobody watched when they ended: those that are known are what the vCenter still told later, and make no rate.
    package var isUnwatched = false

    package init() {}

    package var customizations: Int { succeeded + failed + running + pending + lost + other }
    /// How many were seen to end.
    package var finished: Int { succeeded + failed }
    /// Failed ÷ finished, 0…1; `nil` if none finished, or nobody watched: no data is not a rate of 0.
    package var failureRate: Double? { finished == 0 || isUnwatched ? nil : Double(failed) / Double(finished) }
    /// Where the true failure rate lies with a confidence of 95 %; `nil` where there is no rate.
    package var failureRateInterval: WilsonInterval? { isUnwatched ? nil : WilsonInterval(failed, of: finished) }
    /// Whether so few finished that the rate should not be shown without its interval, which is then wider than 3 points
    /// whatever the rate.
    package var isRateOverFew: Bool { (1..<100).contains(finished) }
}

extension CustomizationFigures {
    /// Counts a customization. Of its duration only whether it is a clock fault is taken in: `durations` need all of them.
    mutating func count(_ outcome: CustomizationOutcome, isStuck: Bool, isClockFault: Bool) {
        switch outcome {
        case .succeeded: succeeded += 1
        case .failed: failed += 1
        case .running: running += 1
        case .pending: pending += 1
        case .lost: lost += 1
        case .other: other += 1
        }
        if isStuck { stuck += 1 }
        if isClockFault { clockFaults += 1 }
    }

    /// Adds the counts of another set of customizations.
    mutating func add(countsOf figures: CustomizationFigures) {
        succeeded += figures.succeeded
        failed += figures.failed
        running += figures.running
        pending += figures.pending
        lost += figures.lost
        other += figures.other
        stuck += figures.stuck
        clockFaults += figures.clockFaults
    }
}

extension Customization {
    /// Since when it has surely been under way: its start, or the first poll that showed it, whichever is earlier.
    ///
    /// The start is by the server's clock and may be missing (PENDING) or, if that clock is ahead, later than the first poll.
    package var underWaySince: Timestamp { min(startTime ?? firstPolledAt, firstPolledAt) }

    /// Whether it was still running or pending, and had been for longer than `seconds`, at its latest poll (definition 6).
    package func isStuck(after seconds: Double) -> Bool {
        outcome.isUnfinished && lastPolledAt.seconds(since: underWaySince) > seconds
    }
}

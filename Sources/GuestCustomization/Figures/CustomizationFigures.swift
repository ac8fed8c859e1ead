/// The figures of a set of customizations: those of one VM, or all of a window.
///
/// Definitions 2 to 6 of docs/design.md §2.
package struct CustomizationFigures: Hashable, Sendable {
    /// How many succeeded.
    package var succeeded = 0
    /// How many failed.
    package var failed = 0
    /// How many were running at their latest poll.
    package var running = 0
    /// How many were pending at their latest poll.
    package var pending = 0
    /// How many were lost: they ended unseen.
    package var lost = 0
    /// How many had an unknown status word.
    package var other = 0
    /// How many of the running and pending ones had been so for too long at their latest poll.
    package var stuck = 0
    /// How many finished ones ended before they began, by the server's clock; they are left out of `durations`.
    package var clockFaults = 0
    /// The durations of the finished ones that have both times; `nil` if there are none.
    package var durations: DurationStatistics?
    /// Whether nobody was polling when they ended. The known ones are then those that the vCenter still reported later, which are
    /// too selective for a rate.
    package var isUnwatched = false

    package init() {}

    /// How many there are, whatever their outcome.
    package var customizations: Int { succeeded + failed + running + pending + lost + other }
    /// How many succeeded or failed.
    package var finished: Int { succeeded + failed }
    /// Failed ÷ finished, 0…1; `nil` if none finished, or nobody was polling: no data is not a rate of 0.
    package var failureRate: Double? { finished == 0 || isUnwatched ? nil : Double(failed) / Double(finished) }
    /// The interval of the true failure rate, with a confidence of 95 %; `nil` if there is no rate.
    package var failureRateInterval: WilsonInterval? { isUnwatched ? nil : WilsonInterval(failed, of: finished) }
    /// Whether so few finished that the rate should not be shown without its interval, which is then always wider than 3 percentage
    /// points.
    package var isRateOverFew: Bool { (1..<100).contains(finished) }
}

extension CustomizationFigures {
    /// Counts a customization. Only a clock fault in its duration is counted here: `durations` needs all durations at once.
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
    /// The instant since when it has certainly been under way: its start, or the first poll that showed it, whichever is earlier.
    ///
    /// The start is by the server's clock. It may be missing (PENDING) or, if that clock is ahead, later than the first poll.
    package var underWaySince: Timestamp { min(startTime ?? firstPolledAt, firstPolledAt) }

    /// Whether it was still running or pending, and had been for longer than `seconds`, at its latest poll (definition 6). A guest that
    /// hangs often takes VMware Tools with it, so that no poll tells a status any more.
    package func isStuck(after seconds: Double) -> Bool {
        outcome.isUnfinished && (unheardUntil ?? lastPolledAt).seconds(since: underWaySince) > seconds
    }
}

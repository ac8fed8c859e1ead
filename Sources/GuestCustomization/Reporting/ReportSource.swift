/// A history as a report sees it: what can be read from it. Nothing here reads polls one by one.
public protocol ReportSource {
    /// Adds each customization whose `windowInstant` is at or after `since` to a tally, in any order; of two at one instant
    /// the one first that was recorded first.
    ///
    /// Those after the window's end are included: a report asks them whether a VM recovered.
    func addCustomizations(
        since: Timestamp, matching filter: ReportFilter, to tally: inout some CustomizationTally) throws

    /// Hands over the vCenter and the beginning of each collection run that began in the window and had a good poll.
    func forEachGoodRun(
        in window: ReportWindow, matching filter: ReportFilter, _ body: (String, Timestamp) throws -> Void) throws

    /// What the history cannot know about the window (definition 8).
    func coverage(of window: ReportWindow, matching filter: ReportFilter) throws -> ReportCoverage
}

/// What the history cannot know about a window; see definition 8 of DESIGN.md §2.
public struct ReportCoverage: Hashable, Sendable {
    /// Runs that began in the window, whatever became of them.
    public var runs: Int
    public var complete: Int
    public var partial: Int
    public var failed: Int
    public var interrupted: Int
    /// The longest time between the starts of two successive runs of one vCenter and endpoint that had a good poll, in
    /// seconds; `nil` where no such run in the window had one before it, in the window or not.
    public var longestGapSeconds: Double?
    /// The latest poll, up to the window's end, that reported a status; `nil` if there is none.
    public var lastGoodPollAt: Timestamp?
    /// VMs with no good poll in the window, though they were in a listing in it or in the latest listing before its end.
    public var virtualMachinesWithoutData: Int

    public init(
        runs: Int = 0, complete: Int = 0, partial: Int = 0, failed: Int = 0, interrupted: Int = 0,
        longestGapSeconds: Double? = nil, lastGoodPollAt: Timestamp? = nil, virtualMachinesWithoutData: Int = 0
    ) {
        self.runs = runs
        self.complete = complete
        self.partial = partial
        self.failed = failed
        self.interrupted = interrupted
        self.longestGapSeconds = longestGapSeconds
        self.lastGoodPollAt = lastGoodPollAt
        self.virtualMachinesWithoutData = virtualMachinesWithoutData
    }
}

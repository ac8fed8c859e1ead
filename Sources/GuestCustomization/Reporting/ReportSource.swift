/// A history as a report sees it: what can be read from it. Nothing here reads polls one by one.
package protocol ReportSource {
    /// Runs `body`; all that it reads is the state of one instant (definition 11), whatever a collection run adds meanwhile.
    func atOneInstant<Value>(_ body: () throws -> Value) throws -> Value

    /// Adds each customization whose `windowInstant` is at or after `since` to a tally, in any order; of two at one instant
    /// the one first that was recorded first.
    ///
    /// Those after the window's end are included: a report asks them whether a VM recovered.
    func addCustomizations(
        since: Timestamp, matching filter: ReportFilter, to tally: inout some CustomizationTally) throws

    /// Hands over the vCenter and the beginning of each collection run that began in the window and had a good poll.
    func forEachGoodRun(
        in window: ReportWindow, matching filter: ReportFilter, _ body: (String, Timestamp) throws -> Void) throws

    /// What the history cannot know about the window (definition 9), as things stand now.
    func coverage(of window: ReportWindow, matching filter: ReportFilter, now: Timestamp) throws -> ReportCoverage
}

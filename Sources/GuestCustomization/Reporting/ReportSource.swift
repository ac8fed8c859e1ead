/// A history as a report sees it: what can be read from it. No method reads polls one by one.
package protocol ReportSource {
    /// Runs `body`; everything it reads is the state at one instant (definition 11), whatever a collection run adds meanwhile.
    func atOneInstant<Value>(_ body: () throws -> Value) throws -> Value

    /// Adds each customization whose `windowInstant` is at or after `since` to a tally, in any order; of two at the same instant,
    /// the one recorded first comes first.
    ///
    /// Those after the window's end are included: they show whether a VM recovered.
    func addCustomizations(
        since: Timestamp, matching filter: ReportFilter, to tally: inout some CustomizationTally) throws

    /// Calls the closure with the vCenter and the beginning of each collection run in the window that had a good poll.
    func forEachGoodRun(
        in window: ReportWindow, matching filter: ReportFilter, _ body: (String, Timestamp) throws -> Void) throws

    /// What the VMs of the vCenters that the filter names were, and when.
    func attributes(matching filter: ReportFilter, since: Timestamp) throws -> AttributeHistory

    /// What the history cannot know about the window (definition 9), as things stand now.
    func coverage(of window: ReportWindow, matching filter: ReportFilter, now: Timestamp) throws -> ReportCoverage
}

/// Which part of the history a report speaks of; an empty list leaves its property open.
package struct ReportFilter: Hashable, Sendable {
    /// Managed object ids, or globs (`*`, `?`, `[…]`) over ids and latest names.
    package var vms: [String]
    /// Names of vCenters.
    package var vCenters: [String]
    package var endpoints: [Endpoint]
    /// Of the VMs, those alone that stand so are listed; what is counted stays the same.
    package var conditions: [ConditionFilter]
    /// Of the errors, those alone that a person means by this identifier or text are listed, with the VMs that had them.
    package var error: String?

    package init(
        vms: [String] = [], vCenters: [String] = [], endpoints: [Endpoint] = [], conditions: [ConditionFilter] = [],
        error: String? = nil
    ) {
        self.vms = vms
        self.vCenters = vCenters
        self.endpoints = endpoints
        self.conditions = conditions
        self.error = error
    }
}

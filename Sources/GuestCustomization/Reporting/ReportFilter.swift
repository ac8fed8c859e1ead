/// Which part of the history a report covers; an empty list sets no restriction.
package struct ReportFilter: Hashable, Sendable {
    /// Managed object ids, or globs (`*`, `?`, `[…]`) over ids and latest names.
    package var vms: [String]
    /// Names of vCenters.
    package var vCenters: [String]
    /// The endpoints whose customizations count.
    package var endpoints: [Endpoint]
    /// Globs over what VMs were when they were customized, at least one of each attribute that has any; the coverage is that of all VMs.
    package var attributes: [VirtualMachineAttribute: [String]] = [:]
    /// Only VMs in these conditions are listed; the figures stay the same.
    package var conditions: [ConditionFilter]
    /// Only the errors that this identifier or text means are listed, with the VMs that had them; `nil`: all.
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

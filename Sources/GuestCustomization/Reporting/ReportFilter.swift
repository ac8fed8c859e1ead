/// Which part of the history a report speaks of; an empty list leaves its property open.
public struct ReportFilter: Hashable, Sendable {
    /// Managed object ids, or globs (`*`, `?`, `[…]`) over ids and latest names.
    public var vms: [String]
    /// Names of vCenters.
    public var vCenters: [String]
    public var endpoints: [Endpoint]
    /// Of the VMs, those alone that stand so are listed; what is counted stays the same.
    public var conditions: [ConditionFilter]
    /// Of the errors, those alone that a person means by this identifier or text are listed, with the VMs that had them.
    public var error: String?

    public init(
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

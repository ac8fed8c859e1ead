/// Which part of the history a report speaks of; an empty list leaves its property open.
public struct ReportFilter: Hashable, Sendable {
    /// Managed object ids, or globs (`*`, `?`, `[…]`) over ids and latest names.
    public var vms: [String]
    /// Names of vCenters.
    public var vCenters: [String]
    public var endpoints: [Endpoint]

    public init(vms: [String] = [], vCenters: [String] = [], endpoints: [Endpoint] = []) {
        self.vms = vms
        self.vCenters = vCenters
        self.endpoints = endpoints
    }
}

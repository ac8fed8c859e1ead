/// Where a VM was when it was customized, as an event about that customization tells it. Names are as people see them.
package struct CustomizationPlace: Hashable, Sendable {
    /// The ESXi host; `nil` if the event does not say.
    package var host: String?
    /// The host's cluster; `nil` if it is in none.
    package var cluster: String?
    /// The datacenter; `nil` if the event does not say.
    package var datacenter: String?

    package init(host: String? = nil, cluster: String? = nil, datacenter: String? = nil) {
        self.host = host
        self.cluster = cluster
        self.datacenter = datacenter
    }
}

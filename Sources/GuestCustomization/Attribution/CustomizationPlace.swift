/// Where a VM was when it was customized, if that is known of this customization itself, as an event tells it: that prevails over what the VM's
/// attributes say about its time.
package struct CustomizationPlace: Hashable, Sendable {
    /// The ESXi host.
    package var host: String?
    /// The host's cluster.
    package var cluster: String?
    /// The datacenter.
    package var datacenter: String?

    package init(host: String? = nil, cluster: String? = nil, datacenter: String? = nil) {
        self.host = host
        self.cluster = cluster
        self.datacenter = datacenter
    }
}

import GuestCustomization

/// Everything needed to poll one vCenter. It contains only passwords from the environment or a URL, and shows none.
package struct VCenterConfiguration: Hashable, Sendable {
    /// The name of this vCenter in the history: the host name, with the port if it is not 443, unless a
    /// configuration file says otherwise.
    package var name: String
    /// Whether the configuration sets that name.
    package let isNameGiven: Bool
    /// Where it is reached.
    package var address: VCenterAddress
    /// Where the login comes from; read again for each run.
    package var credentials: CredentialSource
    /// How its certificate is trusted.
    package var trust: CertificateTrust
    /// Default: direct.
    package var route = ProxyRoute.direct
    /// Default: `customization-live` if the vCenter has it, otherwise `customization`.
    package var endpoints: EndpointChoice
    /// Default: never.
    package var bulk = BulkUse.never
    /// Which of its VMs are polled. Default: all.
    package var filter: VirtualMachineFilter
    /// Concurrent requests. Default 16: vCenter's API endpoint has a bounded thread pool that other clients need too.
    package var concurrency: Int
    /// How long to wait for it.
    package var timeouts: Timeouts

    /// The accepted values of `concurrency`: releases before 8.0 queue at 300 requests and refuse at 350.
    package static let concurrencyRange = 1...256

    package init(
        name: String? = nil, address: VCenterAddress, credentials: CredentialSource, trust: CertificateTrust,
        endpoints: EndpointChoice = .automatic, filter: VirtualMachineFilter = VirtualMachineFilter(),
        concurrency: Int = 16, timeouts: Timeouts = Timeouts()
    ) {
        self.name = name ?? address.defaultName
        isNameGiven = name != nil
        self.address = address
        self.credentials = credentials
        self.trust = trust
        self.endpoints = endpoints
        self.filter = filter
        self.concurrency = concurrency
        self.timeouts = timeouts
    }
}

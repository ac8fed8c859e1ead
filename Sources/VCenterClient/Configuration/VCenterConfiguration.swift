import GuestCustomization

/// All that is needed to poll one vCenter. Holds no password that was not in the environment or in a URL, and shows none.
package struct VCenterConfiguration: Hashable, Sendable {
    /// What the history calls this vCenter; the host name, with the port where it is not 443, unless a
    /// configuration file says otherwise.
    package var name: String
    /// Whether the configuration gives it that name.
    package let isNameGiven: Bool
    package var address: VCenterAddress
    package var credentials: CredentialSource
    package var trust: CertificateTrust
    /// Default: straight.
    package var route = ProxyRoute.direct
    /// Default: `customization-live` where the vCenter has it, else `customization`.
    package var endpoints: EndpointChoice
    package var filter: VirtualMachineFilter
    /// Requests under way at once. Default 16: vCenter's API endpoint has a bounded pool of threads that others need too.
    package var concurrency: Int
    package var timeouts: Timeouts

    /// Concurrency that is accepted: releases before 8.0 queue at 300 requests and refuse at 350.
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

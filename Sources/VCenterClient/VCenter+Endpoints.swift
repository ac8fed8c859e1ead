import GuestCustomization

extension VCenter {
    /// The chosen endpoints that this vCenter has.
    ///
    /// Endpoints chosen by name are returned unchecked: polling shows whether one is missing.
    ///
    /// - Parameter known: The endpoints polled before, the latest first; used if the vCenter does not say.
    /// - Throws: `unreachable` if no connection can be made; `endpointMissing` if it has neither.
    package func offered(
        _ choice: EndpointChoice, known: [Endpoint]
    ) async throws(HistoryError) -> OfferedEndpoints {
        if case .named = choice { return OfferedEndpoints(polled: choice.assumed(known: known)) }
        let live = try await presence(of: .customizationLive)
        if choice == .automatic, case .there = live { return OfferedEndpoints(polled: [.customizationLive]) }
        let ordinary = try await presence(of: .customization)
        switch (live, ordinary) {
        case (.there, .there): return OfferedEndpoints(polled: Endpoint.polled)
        case (.missing, .there), (.missingByOthersWords, .there):
            return OfferedEndpoints(polled: [.customization], missing: [.customizationLive])
        case (.there, .missing), (.there, .missingByOthersWords):
            return OfferedEndpoints(polled: [.customizationLive], missing: [.customization])
        case (.missing, .missing):
            throw HistoryError(
                .endpointMissing,
                "\(address) has neither customization-live (vSphere 9.0) nor customization (7.0): check that it is a vCenter 7.0 or later"
            )
        default: return OfferedEndpoints(polled: choice.assumed(known: known))
        }
    }
}

extension HTTPAnswer {
    /// Whether this may mean that there is no such path, rather than no such VM. vCenter says so by a message id; a proxy
    /// says nothing about VMs.
    var mayMeanMissingRoute: Bool {
        // No existing operation on a VM refuses GET.
        status == 405 || (status == 404 && WireErrorBody(body)?.saysNotFound != true)
    }
}

extension Endpoint {
    /// What to do on a vCenter that lacks this endpoint.
    var remedy: String {
        switch self {
        case .customizationLive:
            ": it came with vSphere 9.0; use --endpoint auto (endpoints: auto in the configuration file), which polls customization on an older vCenter"
        case .customization: ": it came with vSphere 7.0; leave out --endpoint customization"
        case .events: ": it came with vSphere 8.0 U1; leave out events"
        }
    }
}

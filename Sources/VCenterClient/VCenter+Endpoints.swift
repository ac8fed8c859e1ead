import GuestCustomization

extension VCenter {
    /// What this vCenter has of the chosen endpoints.
    ///
    /// Those asked for by name are taken as they are: whether one is missing shows when it is polled.
    ///
    /// - Parameter known: What it was polled by before, the latest first; taken where it does not tell.
    /// - Throws: `unreachable` where no connection can be made; `endpointMissing` where it has neither.
    package func offered(
        _ choice: EndpointChoice, known: [Endpoint]
    ) async throws(CollectionFailure) -> OfferedEndpoints {
        if case .named(let endpoints) = choice { return OfferedEndpoints(polled: endpoints) }
        let live = try await presence(of: .customizationLive)
        if choice == .automatic, case .there = live { return OfferedEndpoints(polled: [.customizationLive]) }
        let ordinary = try await presence(of: .customization)
        switch (live, ordinary) {
        case (.there, .there): return OfferedEndpoints(polled: Endpoint.allCases)
        case (.missing, .there), (.missingByOthersWords, .there):
            return OfferedEndpoints(polled: [.customization], missing: [.customizationLive])
        case (.there, .missing), (.there, .missingByOthersWords):
            return OfferedEndpoints(polled: [.customizationLive], missing: [.customization])
        case (.missing, .missing):
            throw CollectionFailure(
                .endpointMissing,
                "\(address) has neither customization-live (vSphere 9.0) nor customization (7.0): check that it is a vCenter of 7.0 or later"
            )
        default: return OfferedEndpoints(polled: choice.assumed(known: known))
        }
    }
}

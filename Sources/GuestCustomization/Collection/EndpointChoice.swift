/// Which of a vCenter's endpoints are to be polled.
package enum EndpointChoice: Hashable, Sendable, CustomStringConvertible {
    /// `customization-live` where the vCenter has it, else `customization`.
    case automatic
    /// Both, as far as the vCenter has them.
    case both
    /// These and no others: one that is not there is a mistake in the settings. None twice.
    case named([Endpoint])

    /// As in the settings: `auto`, `both`, or the names.
    package var description: String {
        switch self {
        case .automatic: "auto"
        case .both: "both"
        case .named(let endpoints): endpoints.map(\.rawValue).joined(separator: ", ")
        }
    }

    /// What is polled where the vCenter cannot be asked what it has.
    ///
    /// - Parameter known: What it was polled by before, the latest first.
    package func assumed(known: [Endpoint]) -> [Endpoint] {
        switch self {
        case .automatic: [known.first ?? .customizationLive]
        case .both: known.isEmpty ? Endpoint.allCases : Endpoint.allCases.filter(known.contains)
        case .named(let endpoints): endpoints
        }
    }
}

/// What a vCenter has of the endpoints that were chosen.
package struct OfferedEndpoints: Hashable, Sendable {
    /// Those to be polled; never none.
    package var polled: [Endpoint]
    /// Those that would be polled if the vCenter had them.
    package var missing: [Endpoint]

    package init(polled: [Endpoint], missing: [Endpoint] = []) {
        self.polled = polled
        self.missing = missing
    }
}

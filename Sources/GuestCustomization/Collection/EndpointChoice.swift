/// Which of a vCenter's endpoints are to be polled.
package enum EndpointChoice: Hashable, Sendable, CustomStringConvertible {
    /// `customization-live` where the vCenter has it, else `customization`; and `events` where the vCenter has them.
    case automatic
    /// Both that are polled, if the vCenter has them.
    case both
    /// Exactly these, each once: a missing one is a mistake in the settings.
    case named([Endpoint])

    /// As in the settings: `auto`, `both`, or the names.
    package var description: String {
        switch self {
        case .automatic: "auto"
        case .both: "both"
        case .named(let endpoints): endpoints.map(\.rawValue).joined(separator: ", ")
        }
    }

    /// The endpoints to poll if the vCenter cannot be asked which it has.
    ///
    /// - Parameter known: The endpoints by which it was polled before, the latest first.
    package func assumed(known: [Endpoint]) -> [Endpoint] {
        switch self {
        case .automatic: [known.first ?? .customizationLive]
        case .both: known.isEmpty ? Endpoint.polled : Endpoint.polled.filter(known.contains)
        case .named(let endpoints): endpoints.filter(Endpoint.polled.contains)
        }
    }

    /// Whether vCenter's events are read too.
    package var events: EventReading {
        switch self {
        case .automatic: .ifThere
        case .both: .none
        case .named(let endpoints): endpoints.contains(.events) ? .required : .none
        }
    }

    /// Whether vCenter's events are read.
    package enum EventReading: Hashable, Sendable {
        case none
        /// If the vCenter has the API; otherwise nothing is said.
        case ifThere
        /// A vCenter without the API is a mistake in the settings.
        case required
    }
}

/// Which of the chosen endpoints a vCenter has.
package struct OfferedEndpoints: Hashable, Sendable {
    /// The endpoints to poll; never empty.
    package var polled: [Endpoint]
    /// The endpoints that would be polled if the vCenter had them.
    package var missing: [Endpoint]

    package init(polled: [Endpoint], missing: [Endpoint] = []) {
        self.polled = polled
        self.missing = missing
    }
}

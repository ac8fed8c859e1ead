import ArgumentParser
import GuestCustomization

/// The value of `collect --endpoint`.
enum EndpointChoice: String, ExpressibleByArgument, CaseIterable {
    case customizationLive = "customization-live"
    case customization
    case both

    var endpoints: [Endpoint] {
        switch self {
        case .customizationLive: [.customizationLive]
        case .customization: [.customization]
        case .both: Endpoint.allCases
        }
    }
}

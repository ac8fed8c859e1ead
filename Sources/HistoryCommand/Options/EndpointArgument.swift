import ArgumentParser
import GuestCustomization

/// The value of `collect --endpoint`.
enum EndpointArgument: String, ExpressibleByArgument, CaseIterable {
    case auto
    case customizationLive = "customization-live"
    case customization
    case both

    var choice: EndpointChoice {
        switch self {
        case .auto: .automatic
        case .customizationLive: .named([.customizationLive])
        case .customization: .named([.customization])
        case .both: .both
        }
    }
}

/// The kind of an event, by its class in vCenter's API. The set is open: an unknown class is kept as it came.
package struct CustomizationEventType: RawRepresentable, Hashable, Sendable {
    package let rawValue: String

    package init(rawValue: String) {
        self.rawValue = rawValue
    }

    package static let started = CustomizationEventType(rawValue: "CustomizationStartedEvent")
    package static let succeeded = CustomizationEventType(rawValue: "CustomizationSucceeded")
    package static let failed = CustomizationEventType(rawValue: "CustomizationFailed")
    package static let linuxIdentityFailed = CustomizationEventType(rawValue: "CustomizationLinuxIdentityFailed")
    package static let networkSetupFailed = CustomizationEventType(rawValue: "CustomizationNetworkSetupFailed")
    package static let sysprepFailed = CustomizationEventType(rawValue: "CustomizationSysprepFailed")
    package static let unknownFailure = CustomizationEventType(rawValue: "CustomizationUnknownFailure")

    /// The seven that tell of a customization. vCenter does not promise that a base class matches its subclasses, so all are named.
    package static let ofCustomizations = [
        started, succeeded, failed, linuxIdentityFailed, networkSetupFailed, sysprepFailed, unknownFailure,
    ]

    /// What the event says about a customization; `nil` if it says nothing.
    package var outcome: CustomizationOutcome? {
        switch self {
        case .started: .running
        case .succeeded: .succeeded
        case .failed, .linuxIdentityFailed, .networkSetupFailed, .sysprepFailed, .unknownFailure: .failed
        default: nil
        }
    }
}

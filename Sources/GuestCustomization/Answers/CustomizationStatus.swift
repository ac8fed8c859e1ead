/// The word a vCenter uses for the state of a VM's last guest customization.
///
/// The set is open: a release of vCenter that this program does not know may send another word, which is kept as it came.
/// Source: vSphere Automation API 9.1, `GuestCustomizationLive.Status` and `GuestCustomization.Status`.
package struct CustomizationStatus: RawRepresentable, Hashable, Sendable {
    package let rawValue: String

    package init(rawValue: String) {
        self.rawValue = rawValue
    }

    /// No specification was ever applied (`customization-live`).
    package static let notAvailable = CustomizationStatus(rawValue: "NOT_AVAILABLE")
    /// No specification is pending and none was applied (`customization`, since 7.0.3.0).
    package static let idle = CustomizationStatus(rawValue: "IDLE")
    /// A specification waits for the guest to start (`customization`).
    package static let pending = CustomizationStatus(rawValue: "PENDING")
    package static let running = CustomizationStatus(rawValue: "RUNNING")
    package static let succeeded = CustomizationStatus(rawValue: "SUCCEEDED")
    package static let failed = CustomizationStatus(rawValue: "FAILED")

    /// Whether the documents name it.
    package var isDocumented: Bool {
        [.notAvailable, .idle, .pending, .running, .succeeded, .failed].contains(self)
    }
}

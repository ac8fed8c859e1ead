/// One of vCenter's independent sources about the guest customizations of a VM.
package enum Endpoint: String, CaseIterable, Hashable, Sendable {
    /// `GET /api/vcenter/vm/{vm}/guest/customization-live`: customizations of a powered-on VM; vSphere 9.0.0.0 and later.
    case customizationLive = "customization-live"
    /// `GET /api/vcenter/vm/{vm}/guest/customization`: ordinary customizations, at clone time or powered off; 7.0.0.0 and later.
    case customization
    /// vCenter's event log, by its VI JSON API; 8.0 U1 and later. It is read, not polled.
    case events

    /// Those that are asked about each VM, which tell its last customization.
    package static let polled: [Endpoint] = [.customizationLive, .customization]
}

/// One of vCenter's two independent sources about a VM's last guest customization.
package enum Endpoint: String, CaseIterable, Hashable, Sendable {
    /// `GET /api/vcenter/vm/{vm}/guest/customization-live`: customizations of a powered-on VM; vSphere 9.0.0.0 and later.
    case customizationLive = "customization-live"
    /// `GET /api/vcenter/vm/{vm}/guest/customization`: ordinary customizations, at clone time or powered off; 7.0.0.0 and later.
    case customization
}

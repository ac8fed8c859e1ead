/// A property of VMs by which customizations are grouped. The raw values are those of `report --by`.
package enum VirtualMachineAttribute: String, CaseIterable, Hashable, Sendable {
    case guestOS = "guest-os"
    case host
    case cluster
    case folder
    case datacenter
    case template
    case tools

    /// Those by which a report can be restricted.
    package static let filtered: [VirtualMachineAttribute] = [.guestOS, .host, .cluster, .folder, .template]
}

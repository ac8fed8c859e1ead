/// What a VM is and where it is, as far as the vCenter says. Names are as people see them; `nil` where the vCenter does not say.
package struct VirtualMachineAttributes: Hashable, Sendable {
    /// Managed object id.
    package var vm: String
    /// As in the inventory.
    package var name: InventoryName?
    /// Unique in one vCenter and never changed; in lower case.
    package var instanceUUID: String?
    /// Full name of the running guest operating system, else of the configured one.
    package var guestOS: String?
    /// VMware Tools' version number, as vCenter writes it.
    package var toolsVersion: String?
    /// VMware Tools' state, such as `guestToolsRunning`.
    package var toolsStatus: String?
    /// Whether it is a template.
    package var isTemplate: Bool?
    /// The ESXi host that it is registered on.
    package var host: String?
    /// `nil` for a host outside clusters, too.
    package var cluster: String?
    /// The datacenter that it is in.
    package var datacenter: String?
    /// Names of the folders below the datacenter's own, such as `Production/Web`. A `/` inside a name is written `%2f`. Empty for a VM in the
    /// datacenter's own folder; `nil` if the account may not see a folder.
    package var folder: String?

    package init(vm: String) {
        self.vm = vm
    }
}

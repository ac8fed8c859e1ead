/// Which of a vCenter's VMs are polled: those that match every non-empty list.
///
/// If a text is the id of one object and the name of another, the id wins.
package struct VirtualMachineFilter: Hashable, Sendable {
    /// A power state, in the words of vCenter's API.
    package enum PowerState: String, CaseIterable, Hashable, Sendable {
        case on = "POWERED_ON"
        case off = "POWERED_OFF"
        case suspended = "SUSPENDED"
    }

    /// Globs (`*`, `?`, `[…]`) on the VM's name as vCenter's user interface shows it.
    package var names: [String]
    /// Managed object ids (`group-v12`) or inventory names; each stands for the folder and everything below it.
    package var folders: [String]
    /// Managed object ids (`domain-c8`) or inventory names.
    package var clusters: [String]
    /// Managed object ids (`host-9`) or inventory names.
    package var hosts: [String]
    /// Managed object ids (`datacenter-2`) or inventory names.
    package var datacenters: [String]
    /// Power states; a VM has exactly one.
    package var powerStates: [PowerState]

    package init(
        names: [String] = [], folders: [String] = [], clusters: [String] = [], hosts: [String] = [],
        datacenters: [String] = [], powerStates: [PowerState] = []
    ) {
        self.names = names
        self.folders = folders
        self.clusters = clusters
        self.hosts = hosts
        self.datacenters = datacenters
        self.powerStates = powerStates
    }
}

/// A template of the simulated estate: a VM that cannot run. `GET /api/vcenter/vm` does not list templates; the property collector does.
package struct SimulatedTemplate: Sendable, Equatable {
    /// Managed object id, such as `vm-901`.
    package let id: String
    /// Its name.
    package let name: String
    /// The guest operating system of the VMs made from it, as people read it.
    package let guestFullName: String
    /// The same in the words of `GET /api/vcenter/vm/{vm}`.
    let guestOS: String
    let guest: GuestFamily

    /// All of them, in the order of their ids.
    package static let all: [SimulatedTemplate] = [
        SimulatedTemplate(
            id: "vm-901", name: "tpl-debian-12", guestFullName: "Debian GNU/Linux 12 (64-bit)", guestOS: "DEBIAN_12_64",
            guest: .linux),
        SimulatedTemplate(
            id: "vm-902", name: "tpl-rhel-9", guestFullName: "Red Hat Enterprise Linux 9 (64-bit)",
            guestOS: "RHEL_9_64", guest: .linux),
        SimulatedTemplate(
            id: "vm-903", name: "tpl-ubuntu-24.04/golden", guestFullName: "Ubuntu Linux (64-bit)", guestOS: "UBUNTU_64",
            guest: .linux),
        SimulatedTemplate(
            id: "vm-904", name: "tpl-windows-2022", guestFullName: "Microsoft Windows Server 2022 (64-bit)",
            guestOS: "WINDOWS_SERVER_2021", guest: .windows),
        SimulatedTemplate(
            id: "vm-905", name: "tpl-windows-2019", guestFullName: "Microsoft Windows Server 2019 (64-bit)",
            guestOS: "WINDOWS_SERVER_2019", guest: .windows),
    ]

    /// What a VM was made from, by its seeded number.
    static func source(of machine: SimulatedVirtualMachine, key: UInt64) -> SimulatedTemplate {
        var draws = SplitMix64(key, 11)
        return draws.element(of: all.filter { $0.guest == machine.guest })
    }
}

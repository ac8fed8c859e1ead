/// A log file in a guest, which says more about a customization than its vCenter does.
package struct GuestLog: Hashable, Sendable {
    /// The guest operating system that has the file.
    package enum System: String, Hashable, Sendable {
        case linux = "Linux"
        case windows = "Windows"
    }

    /// The guest operating system.
    package var system: System
    /// Absolute path of the file or directory in the guest.
    package var path: String
    /// What the file shows, as a clause: `why sysprep refused`. JSON calls this `tells`.
    package var shows: String

    /// Source of the paths: VMware's toolsDeployPkg (open-vm-tools), Broadcom's knowledge base on guest customization logs.
    package static let deployment = GuestLog(
        system: .linux, path: "/var/log/vmware-imc/toolsDeployPkg.log",
        shows: "how VMware Tools unpacked and ran the customization")
    /// Customizations of a running guest.
    package static let live = GuestLog(
        system: .linux, path: "/var/log/vmware-gosc/", shows: "what a customization of the running guest did")
    /// cloud-init's log.
    package static let cloudInit = GuestLog(
        system: .linux, path: "/var/log/cloud-init.log", shows: "what cloud-init took over from VMware Tools")
    /// The log of VMware Tools in a Windows guest.
    package static let guestCustomization = GuestLog(
        system: .windows, path: #"C:\Windows\Temp\vmware-imc\guestcust.log"#, shows: "how VMware Tools prepared sysprep"
    )
    /// The errors of sysprep.
    package static let sysprepErrors = GuestLog(
        system: .windows, path: #"C:\Windows\System32\Sysprep\Panther\setuperr.log"#, shows: "why sysprep refused")
    /// Windows' log of domain joins.
    package static let domainJoin = GuestLog(
        system: .windows, path: #"C:\Windows\debug\NetSetup.LOG"#, shows: "each step of joining a domain")

    /// Where to look when the cause is not known.
    package static let general = [deployment, live, guestCustomization, sysprepErrors]
}

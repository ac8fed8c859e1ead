/// A file in a guest that says more about a customization than its vCenter does.
package struct GuestLog: Hashable, Sendable {
    package enum System: String, Hashable, Sendable {
        case linux = "Linux"
        case windows = "Windows"
    }

    package var system: System
    package var path: String
    /// What it tells.
    package var tells: String

    /// Source of the paths: VMware's toolsDeployPkg (open-vm-tools), Broadcom's knowledge base on guest customization logs.
    package static let deployment = GuestLog(
        system: .linux, path: "/var/log/vmware-imc/toolsDeployPkg.log",
        tells: "how VMware Tools unpacked and ran the customization")
    package static let live = GuestLog(
        system: .linux, path: "/var/log/vmware-gosc/", tells: "what a customization of the running guest did")
    package static let cloudInit = GuestLog(
        system: .linux, path: "/var/log/cloud-init.log", tells: "what cloud-init took over from VMware Tools")
    package static let guestCustomization = GuestLog(
        system: .windows, path: #"C:\Windows\Temp\vmware-imc\guestcust.log"#, tells: "how VMware Tools prepared sysprep"
    )
    package static let sysprepErrors = GuestLog(
        system: .windows, path: #"C:\Windows\System32\Sysprep\Panther\setuperr.log"#, tells: "why sysprep refused")
    package static let domainJoin = GuestLog(
        system: .windows, path: #"C:\Windows\debug\NetSetup.LOG"#, tells: "each step of joining a domain")

    /// Where to look when nothing is known of the cause.
    package static let general = [deployment, live, guestCustomization, sysprepErrors]
}

/// A file in a guest that says more about a customization than its vCenter does.
public struct GuestLog: Hashable, Sendable {
    public enum System: String, Hashable, Sendable {
        case linux = "Linux"
        case windows = "Windows"
    }

    public var system: System
    public var path: String
    /// What it tells.
    public var tells: String

    /// Source of the paths: VMware's toolsDeployPkg (open-vm-tools), Broadcom's knowledge base on guest customization logs.
    public static let deployment = GuestLog(
        system: .linux, path: "/var/log/vmware-imc/toolsDeployPkg.log",
        tells: "how VMware Tools unpacked and ran the customization")
    public static let live = GuestLog(
        system: .linux, path: "/var/log/vmware-gosc/", tells: "what a customization of the running guest did")
    public static let cloudInit = GuestLog(
        system: .linux, path: "/var/log/cloud-init.log", tells: "what cloud-init took over from VMware Tools")
    public static let guestCustomization = GuestLog(
        system: .windows, path: #"C:\Windows\Temp\vmware-imc\guestcust.log"#, tells: "how VMware Tools prepared sysprep"
    )
    public static let sysprepErrors = GuestLog(
        system: .windows, path: #"C:\Windows\System32\Sysprep\Panther\setuperr.log"#, tells: "why sysprep refused")
    public static let domainJoin = GuestLog(
        system: .windows, path: #"C:\Windows\debug\NetSetup.LOG"#, tells: "each step of joining a domain")

    /// Where to look when nothing is known of the cause.
    public static let general = [deployment, live, guestCustomization, sysprepErrors]
}

import ArgumentParser
import GuestCustomization

/// Which customizations a report covers, by what their VMs were when they ran.
struct AttributeOptions: ParsableArguments {
    @Option(
        name: .customLong("guest-os"),
        help: ArgumentHelp("Only VMs that had this guest operating system; repeatable.", valueName: "name-or-glob"))
    var guestOSes: [String] = []

    @Option(
        name: .customLong("host"),
        help: ArgumentHelp("Only VMs that were on this ESXi host; repeatable.", valueName: "name-or-glob"))
    var hosts: [String] = []

    @Option(
        name: .customLong("cluster"),
        help: ArgumentHelp("Only VMs that were in this cluster; repeatable.", valueName: "name-or-glob"))
    var clusters: [String] = []

    @Option(
        name: .customLong("folder"),
        help: ArgumentHelp(
            "Only VMs that were in this folder, such as Production/Web or 'Production/*'; repeatable.",
            valueName: "path-or-glob"))
    var folders: [String] = []

    @Option(
        name: .customLong("template"),
        help: ArgumentHelp("Only VMs that were made from this template or VM; repeatable.", valueName: "name-or-glob"))
    var templates: [String] = []

    /// The globs by attribute, those without any left out.
    var filter: [VirtualMachineAttribute: [String]] {
        [.guestOS: guestOSes, .host: hosts, .cluster: clusters, .folder: folders, .template: templates]
            .filter { !$0.value.isEmpty }
    }
}

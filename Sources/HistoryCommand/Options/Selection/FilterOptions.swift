import ArgumentParser
import GuestCustomization

/// Which part of the history a list or a report covers.
struct FilterOptions: ParsableArguments {
    @Option(
        name: .customLong("vm"),
        help: ArgumentHelp(
            "Only these VMs: a managed object id, a name or a glob; repeatable.", valueName: "id-or-glob"))
    var vms: [String] = []

    @Option(name: .customLong("vcenter"), help: ArgumentHelp("Only these vCenters; repeatable.", valueName: "name"))
    var vCenters: [String] = []

    @Option(
        name: .customLong("endpoint"),
        help: "Only this endpoint: customization-live, customization or events; repeatable.")
    var endpoints: [Endpoint] = []

    var filter: ReportFilter { ReportFilter(vms: vms, vCenters: vCenters, endpoints: endpoints) }
}

import GuestCustomization
import HistoryStore
import ReportRendering

extension HistoryDatabase {
    /// The VM that is meant, and the others of that name that are gone.
    ///
    /// - Throws: `usage` if there is none, or more than one.
    func requireVirtualMachine(
        _ vm: String, in vCenters: [String]
    ) throws -> (KnownVirtualMachine, namesakes: [KnownVirtualMachine]) {
        try requireKnown(ReportFilter(vCenters: vCenters))
        let machines = try virtualMachines(called: vm, vCenters: vCenters)
        if machines.count == 1 { return (machines[0], []) }
        let listed = machines.filter(\.isListed)
        if listed.count == 1 { return (listed[0], machines.filter { !$0.isListed }) }
        let asked = TerminalText(vm, upTo: 200).truncated(to: 200).string
        guard !machines.isEmpty else {
            throw HistoryError(
                .usage,
                "no VM in \(path) is or was named \"\(asked)\"\(vCenters.isEmpty ? "" : " in that vCenter")",
                advice: try nearestVirtualMachines(to: vm, in: vCenters)
                    ?? "give a managed object id, instance UUID or name, as `\(calledName) report` shows them")
        }
        let candidates = (listed + machines.filter { !$0.isListed }).prefix(20).map { machine in
            let name = TerminalText(machine.name, upTo: 60).truncated(to: 60).string
            return TerminalText(
                "\(machine.vm) in \(machine.vCenter) (\(name)\(machine.isListed ? "" : ", gone"))"
            ).string
        }
        let more = machines.count > candidates.count ? " and \(machines.count - candidates.count) more" : ""
        throw HistoryError(
            .usage, about: "\"\(asked)\" is \(machines.count) VMs", "\(candidates.joined(separator: ", "))\(more)",
            advice: "give the managed object id, and --vcenter if it is in several")
    }
}

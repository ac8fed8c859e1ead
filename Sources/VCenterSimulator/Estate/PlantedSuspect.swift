/// A host, cluster or template whose VMs' customizations mostly fail, for a report that looks for such things to find.
package struct PlantedSuspect: Sendable, Equatable {
    /// What kind of object it is.
    package enum Kind: String, CaseIterable, Sendable {
        case host
        case cluster
        case template
    }

    /// What kind of object it is.
    package let kind: Kind
    /// Managed object id.
    package let id: String
    /// Its name.
    package let name: String

    /// One of the objects, drawn from the seed.
    init(_ kind: Kind, among hosts: [SimulatedHost], seed: UInt64) {
        var draws = SplitMix64(seed, 13)
        self.kind = kind
        switch kind {
        case .host:
            let host = draws.element(of: hosts)
            (id, name) = (host.id, host.name)
        case .cluster:
            let host = draws.element(of: hosts.first(ofEach: \.cluster))
            (id, name) = (host.cluster, host.clusterName)
        case .template:
            let template = draws.element(of: SimulatedTemplate.all)
            (id, name) = (template.id, template.name)
        }
    }

    func includes(_ machine: SimulatedVirtualMachine, madeFrom template: SimulatedTemplate) -> Bool {
        switch kind {
        case .host: machine.host.id == id
        case .cluster: machine.host.cluster == id
        case .template: template.id == id
        }
    }
}

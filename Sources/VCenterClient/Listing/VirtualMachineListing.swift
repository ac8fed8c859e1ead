import GuestCustomization

/// Lists the VMs of a vCenter that match a filter, each managed object id once.
///
/// vCenter refuses to list more than 4000 VMs at once; then the hosts are asked one by one, some at a time. A VM that moves
/// between two of these questions may show twice, or, rarely, not at all (VCENTER-API.md, "Listing VMs").
struct VirtualMachineListing: Sendable {
    static let hostsAtOnce = 8

    let requests: ListRequests
    let filter: VirtualMachineFilter

    func virtualMachines() async throws(CollectionFailure) -> [VirtualMachine] {
        let query = try await filter.query(requests)
        let listed =
            if let all = try await requests.virtualMachines(query) { all } else { try await byHost(query) }
        let globs = filter.names.map(NameGlob.init)
        var seen = Set<String>()
        return listed.filter { vm in
            (globs.isEmpty || globs.contains { $0.matches(vm.name) }) && seen.insert(vm.id).inserted
        }
    }

    private func byHost(_ query: ListQuery) async throws(CollectionFailure) -> [VirtualMachine] {
        let hosts = try await hosts(query)
        do {
            return try await withThrowingTaskGroup(of: [VirtualMachine].self) { group in
                var waiting = hosts.makeIterator()
                var all: [VirtualMachine] = []
                func startNext() {
                    guard let host = waiting.next() else { return }
                    group.addTask { try await virtualMachines(ofHost: host, query) }
                }
                for _ in 0..<Self.hostsAtOnce { startNext() }
                while let vms = try await group.next() {
                    all += vms
                    startNext()
                }
                return all
            }
        } catch let failure as CollectionFailure {
            throw failure
        } catch {
            throw CollectionFailure(.listingFailed, "listing the VMs of \(requests.server) failed: \(error)")
        }
    }

    /// The hosts on which a VM that matches can be.
    private func hosts(_ query: ListQuery) async throws(CollectionFailure) -> [String] {
        let wanted = query[InventoryKind.host.idFilter]
        guard wanted.isEmpty else { return wanted }
        var containing = ListQuery()
        for kind in [InventoryKind.cluster, .datacenter] { containing[kind.idFilter] = query[kind.idFilter] }
        let hosts = try await requests.ids(of: .host, containing)
        guard !hosts.isEmpty else {
            throw requests.failure(
                containing.path(of: InventoryKind.host.rawValue),
                "lists no hosts, though there are more VMs than one list may hold")
        }
        return hosts
    }

    private func virtualMachines(ofHost host: String, _ query: ListQuery) async throws(CollectionFailure)
        -> [VirtualMachine]
    {
        var query = query
        query[InventoryKind.host.idFilter] = [host]
        guard let vms = try await requests.virtualMachines(query) else {
            throw requests.failure(query.path(of: "vm"), "lists more VMs than vCenter shows at once")
        }
        return vms
    }
}

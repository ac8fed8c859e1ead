import GuestCustomization
import HistoryConfiguration

/// Lists the VMs of a vCenter that match a filter, each managed object id once.
///
/// vCenter refuses to list more than 4000 VMs at once; then each host's VMs are listed, several hosts at a time. A VM that moves
/// between two of these requests may appear twice or, rarely, not at all (docs/vcenter-api.md, "Listing VMs"): such a list is pieced.
struct VirtualMachineListing: Sendable {
    static let hostsAtOnce = 8

    let requests: ListRequests
    let filter: VirtualMachineFilter

    func virtualMachines() async throws(HistoryError) -> VirtualMachineList {
        let query = try await filter.query(requests)
        var list = try await byFolders(query)
        if filter != VirtualMachineFilter() {
            list.selection = .filtered
            list.isWhole = false
        }
        let globs = filter.names.map(NameGlob.init)
        var seen = Set<String>()
        list.virtualMachines.removeAll { vm in
            !((globs.isEmpty || globs.contains { $0.matches(vm.name) }) && seen.insert(vm.id).inserted)
        }
        return list
    }

    /// Folders in one request: a URL of about two kilobytes, which every proxy accepts.
    private static let foldersAtOnce = 100

    /// The VMs that match, with as many folders in each request as fit into one list.
    private func byFolders(_ query: ListQuery) async throws(HistoryError) -> VirtualMachineList {
        let folders = query[InventoryKind.folder.idFilter]
        var all = VirtualMachineList([], isWhole: true)
        var waiting = folders.isEmpty ? [[]] : folders.chunks(of: Self.foldersAtOnce)
        while let batch = waiting.popLast() {
            var query = query
            query[InventoryKind.folder.idFilter] = batch
            switch try await requests.virtualMachines(query) {
            case .virtualMachines(let list): all.add(list)
            case .tooMany where batch.count > 1: waiting += batch.chunks(of: (batch.count + 1) / 2)
            case .tooMany: all.add(try await byHost(query))
            case .notFound(let failure), .refused(_, let failure): throw failure
            }
        }
        return all
    }

    private func byHost(_ query: ListQuery) async throws(HistoryError) -> VirtualMachineList {
        let hosts = try await hosts(query)
        do {
            return try await withThrowingTaskGroup(of: VirtualMachineList.self) { group in
                var waiting = hosts.makeIterator()
                var all = VirtualMachineList([], isWhole: true)
                func startNext() {
                    guard let host = waiting.next() else { return }
                    group.addTask { try await virtualMachines(on: host, query) }
                }
                for _ in 0..<Self.hostsAtOnce { startNext() }
                while let list = try await group.next() {
                    all.add(list)
                    startNext()
                }
                all.isPieced = true
                // If no host can be listed, the hosts are not to blame.
                if let part = all.unlisted.first, all.unlisted.count == hosts.count {
                    throw requests.failure(query.path(of: "vm"), "\(part.name): \(part.reason)")
                }
                return all
            }
        } catch let failure as HistoryError {
            throw failure
        } catch {
            throw HistoryError(
                .listingFailed, about: "listing the VMs of \(requests.server) failed", "\(error)", cause: error)
        }
    }

    /// The hosts that may run a matching VM.
    private func hosts(_ query: ListQuery) async throws(HistoryError) -> [InventoryObject] {
        let wanted = query[InventoryKind.host.idFilter]
        guard wanted.isEmpty else { return wanted.map { InventoryObject(id: $0, name: InventoryName(raw: $0)) } }
        var containing = ListQuery()
        for kind in [InventoryKind.cluster, .datacenter] { containing[kind.idFilter] = query[kind.idFilter] }
        let hosts = try await requests.objects(of: .host, containing)
        guard !hosts.isEmpty else {
            throw requests.failure(
                containing.path(of: InventoryKind.host.rawValue),
                "lists no hosts, although there are more VMs than fit into one list")
        }
        return hosts
    }

    /// The VMs on one host. If its list cannot be read, only these VMs are missing.
    private func virtualMachines(
        on host: InventoryObject, _ query: ListQuery
    ) async throws(HistoryError) -> VirtualMachineList {
        var query = query
        query[InventoryKind.host.idFilter] = [host.id]
        switch try await requests.virtualMachines(query) {
        case .virtualMachines(let list): return list
        // The host was removed after the hosts were listed; its VMs have moved to others.
        case .notFound: return VirtualMachineList([], isWhole: false)
        case .tooMany: return .without(host, because: "it has more VMs than vCenter lists at once")
        case .refused(let reason, _): return .without(host, because: reason)
        }
    }
}

extension VirtualMachineList {
    fileprivate static func without(_ host: InventoryObject, because reason: String) -> VirtualMachineList {
        let name = host.name.raw == host.id ? host.id : "\(host.name.shown) (\(host.id))"
        return VirtualMachineList(
            [], isWhole: false, unlisted: [UnlistedPart(name: "host \(name.shown(upTo: 100))", reason: reason)])
    }

    /// Adds another part of the same list.
    fileprivate mutating func add(_ part: VirtualMachineList) {
        virtualMachines += part.virtualMachines
        isWhole = isWhole && part.isWhole
        isPieced = isPieced || part.isPieced
        unusable += part.unusable
        unlisted += part.unlisted
    }
}

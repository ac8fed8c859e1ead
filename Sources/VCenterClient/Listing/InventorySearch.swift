import GuestCustomization

/// Finds what contains VMs by the ids and names that a filter holds.
///
/// Names are resolved anew for every listing, since an administrator renames and adds folders while we run. One that means nothing fails
/// the listing: without it the VMs that it should name would go unpolled in silence.
struct InventorySearch: Sendable {
    let requests: ListRequests

    /// Managed object ids of all objects of this id or name; names are not unique.
    func ids(of kind: InventoryKind, meantBy text: String) async throws(CollectionFailure) -> [String] {
        if kind.mayBeID(text) {
            let objects = try await requests.objects(of: kind, query(kind, kind.idFilter, [text]))
            if !objects.isEmpty { return objects.map(\.id) }
        }
        // Whether the server compares names as it writes them or as people see them is nowhere said, so it is asked for each way. Where
        // none is found, it may compare in yet another one, and all names are looked through.
        let spellings = InventoryName.spellings(of: text)
        var found = try await requests.objects(of: kind, query(kind, "names", spellings)).filter {
            $0.name.isMeant(by: text)
        }
        if found.isEmpty { found = try await all(of: kind).filter { $0.name.isMeant(by: text) } }
        guard !found.isEmpty else {
            throw CollectionFailure(
                .configuration,
                "\(requests.server) has no \(kind.rawValue) \"\(text.shown())\" that the account can see, so nothing was polled;"
                    + " correct \(kind.idFilter) under filters in the configuration file, or give the account Read-only on it"
            )
        }
        return found.map(\.id)
    }

    private func all(of kind: InventoryKind) async throws(CollectionFailure) -> [InventoryObject] {
        switch try await requests.listed(kind, query(kind)) {
        case .objects(let all): return all
        case .tooMany(let failure):
            guard kind == .folder else { throw failure }
            // Each datacenter has one folder of VMs at its top, which is called so.
            let tops = try await requests.objects(of: .folder, query(.folder, "names", ["vm"]))
            return try await FolderTree(requests: requests).below(tops)
        }
    }

    private func query(_ kind: InventoryKind, _ filter: String? = nil, _ values: [String] = []) -> ListQuery {
        var query = ListQuery()
        if let filter { query[filter] = values }
        // Folders of hosts and of datastores can have the same name, and contain no VM.
        if kind == .folder { query["type"] = ["VIRTUAL_MACHINE"] }
        return query
    }
}

import GuestCustomization

/// Finds the objects that a filter names by id or name.
///
/// Names are resolved again for every listing, because administrators rename and add folders while we run. An unknown name fails
/// the listing: otherwise its VMs would silently not be polled.
struct InventorySearch: Sendable {
    let requests: ListRequests

    /// Managed object ids of all objects with this id or name; names are not unique.
    func ids(of kind: InventoryKind, meantBy text: String) async throws(HistoryError) -> [String] {
        if kind.mayBeID(text) {
            let objects = try await requests.objects(of: kind, query(kind, kind.idFilter, [text]))
            if !objects.isEmpty { return objects.map(\.id) }
        }
        // It is not documented whether the server compares names in escaped or plain form, so ask for both. If
        // neither is found, it may use yet another form, so go through all names.
        let spellings = InventoryName.spellings(of: text)
        var found = try await requests.objects(of: kind, query(kind, "names", spellings)).filter {
            $0.name.isMeant(by: text)
        }
        if found.isEmpty { found = try await all(of: kind).filter { $0.name.isMeant(by: text) } }
        guard !found.isEmpty else {
            throw HistoryError(
                .configuration,
                "\(requests.server) has no \(kind.rawValue) \"\(text.shown())\" visible to the account, so nothing was polled",
                advice:
                    "correct \(kind.idFilter) under filters in the configuration file, or give the account Read-only on it"
            )
        }
        return found.map(\.id)
    }

    private func all(of kind: InventoryKind) async throws(HistoryError) -> [InventoryObject] {
        switch try await requests.listed(kind, query(kind)) {
        case .objects(let all): return all
        case .tooMany(let failure):
            guard kind == .folder else { throw failure }
            // Each datacenter has one top folder of VMs with this name.
            let tops = try await requests.objects(of: .folder, query(.folder, "names", ["vm"]))
            return try await FolderTree(requests: requests).below(tops)
        }
    }

    private func query(_ kind: InventoryKind, _ filter: String? = nil, _ values: [String] = []) -> ListQuery {
        var query = ListQuery()
        if let filter { query[filter] = values }
        // Folders of hosts and of datastores can have the same name, but contain no VMs.
        if kind == .folder { query["type"] = ["VIRTUAL_MACHINE"] }
        return query
    }
}

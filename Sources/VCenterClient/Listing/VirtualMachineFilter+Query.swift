import GuestCustomization

extension VirtualMachineFilter {
    /// The part of the filter that vCenter applies itself, its inventory names resolved to ids: all but the globs on VMs' names.
    ///
    /// Names are resolved anew for every listing, since an administrator renames and adds folders while we run. One that means
    /// nothing fails the listing: without it the VMs that it should name would go unpolled in silence.
    func query(_ requests: ListRequests) async throws(CollectionFailure) -> ListQuery {
        var query = ListQuery()
        for (kind, texts) in [
            (InventoryKind.folder, folders), (.cluster, clusters), (.host, hosts), (.datacenter, datacenters),
        ] {
            for text in texts { query[kind.idFilter] += try await Self.ids(of: kind, text, requests) }
        }
        query["power_states"] = powerStates.map(\.rawValue)
        return query
    }

    /// Managed object ids of all objects of this id or name; names are not unique.
    private static func ids(
        of kind: InventoryKind, _ text: String, _ requests: ListRequests
    ) async throws(CollectionFailure) -> [String] {
        let filters = (kind.mayBeID(text) ? [kind.idFilter] : []) + ["names"]
        for filter in filters {
            var query = ListQuery()
            query[filter] = [text]
            // Folders of hosts and of datastores can have the same name, and contain no VM.
            if kind == .folder { query["type"] = ["VIRTUAL_MACHINE"] }
            let ids = try await requests.ids(of: kind, query)
            if !ids.isEmpty { return ids }
        }
        throw CollectionFailure(
            .configuration,
            "\(requests.server) has no \(kind.rawValue) \"\(text.shown())\" that the account can see, so nothing was polled;"
                + " correct \(kind.idFilter) under filters in the configuration file, or give the account Read-only on it"
        )
    }
}

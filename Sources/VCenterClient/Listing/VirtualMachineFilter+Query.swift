import GuestCustomization
import HistoryConfiguration

extension VirtualMachineFilter {
    /// The part of the filter that vCenter applies itself, with inventory names resolved to ids: everything except the globs on VM names. A
    /// folder stands for itself and everything below it.
    func query(_ requests: ListRequests) async throws(HistoryError) -> ListQuery {
        let search = InventorySearch(requests: requests)
        var query = ListQuery()
        for (kind, texts) in [
            (InventoryKind.folder, folders), (.cluster, clusters), (.host, hosts), (.datacenter, datacenters),
        ] {
            var ids: [String] = []
            for text in texts { ids += try await search.ids(of: kind, meantBy: text) }
            // vCenter rejects duplicate values in a filter.
            var seen: Set<String> = []
            query[kind.idFilter] = ids.filter { seen.insert($0).inserted }
        }
        if !folders.isEmpty {
            let tops = query[InventoryKind.folder.idFilter].map {
                InventoryObject(id: $0, name: InventoryName(raw: $0))
            }
            query[InventoryKind.folder.idFilter] = try await FolderTree(requests: requests).below(tops).map(\.id)
        }
        query["power_states"] = powerStates.map(\.rawValue)
        return query
    }
}

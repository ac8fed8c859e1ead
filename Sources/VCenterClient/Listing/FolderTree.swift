import GuestCustomization

/// Finds subfolders. vCenter's lists cover only the folder itself, so the tree is walked down list by list.
struct FolderTree: Sendable {
    /// Ids in one request: a URL of about two kilobytes, which every proxy accepts.
    static let parentsAtOnce = 100
    /// More than vCenter's own maximum for an inventory; beyond it, a server is inventing folders.
    static let maximumFolders = 20_000

    let requests: ListRequests

    /// These folders and everything below them, each once, however they are linked.
    func below(_ tops: [InventoryObject]) async throws(HistoryError) -> [InventoryObject] {
        var all: [InventoryObject] = []
        var seen: Set<String> = []
        var level = tops.filter { seen.insert($0.id).inserted }
        while !level.isEmpty {
            all += level
            guard all.count <= Self.maximumFolders else {
                throw requests.failure(
                    ListQuery().path(of: InventoryKind.folder.rawValue),
                    "there are more than \(Self.maximumFolders) folders")
            }
            level = try await children(of: level.map(\.id)).filter { seen.insert($0.id).inserted }
        }
        return all
    }

    private func children(of parents: [String]) async throws(HistoryError) -> [InventoryObject] {
        var children: [InventoryObject] = []
        var waiting = parents.chunks(of: Self.parentsAtOnce)
        while let batch = waiting.popLast() {
            var query = ListQuery()
            query["parent_folders"] = batch
            query["type"] = ["VIRTUAL_MACHINE"]
            switch try await requests.listed(.folder, query) {
            case .objects(let objects): children += objects
            case .tooMany(let failure):
                guard batch.count > 1 else { throw failure }
                waiting += batch.chunks(of: (batch.count + 1) / 2)
            }
        }
        return children
    }
}

extension Array {
    /// The elements in order, in chunks of this size.
    func chunks(of count: Int) -> [[Element]] {
        stride(from: 0, to: self.count, by: count).map { Array(self[$0..<Swift.min($0 + count, self.count)]) }
    }
}

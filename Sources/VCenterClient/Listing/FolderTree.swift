import GuestCustomization

/// The folders in folders. vCenter's lists look into a folder itself only, so the tree is walked down from list to list.
struct FolderTree: Sendable {
    /// Ids in one request: a URL of some two kilobytes, which every proxy lets pass.
    static let parentsAtOnce = 100
    /// More than vCenter's own maximum for an inventory; beyond it a server is making folders up.
    static let mostFolders = 20_000

    let requests: ListRequests

    /// These folders and all below them, each once, however they are linked.
    func below(_ tops: [InventoryObject]) async throws(CollectionFailure) -> [InventoryObject] {
        var all: [InventoryObject] = []
        var seen: Set<String> = []
        var level = tops.filter { seen.insert($0.id).inserted }
        while !level.isEmpty {
            all += level
            guard all.count <= Self.mostFolders else {
                throw requests.failure(
                    ListQuery().path(of: InventoryKind.folder.rawValue),
                    "there are more than \(Self.mostFolders) folders")
            }
            level = try await children(of: level.map(\.id)).filter { seen.insert($0.id).inserted }
        }
        return all
    }

    private func children(of parents: [String]) async throws(CollectionFailure) -> [InventoryObject] {
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
    /// The elements in order, so many at a time.
    func chunks(of count: Int) -> [[Element]] {
        stride(from: 0, to: self.count, by: count).map { Array(self[$0..<Swift.min($0 + count, self.count)]) }
    }
}

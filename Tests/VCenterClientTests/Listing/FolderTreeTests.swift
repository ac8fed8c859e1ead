import Foundation
import GuestCustomization
import Synchronization
import Testing

@testable import VCenterClient

@Suite struct FolderTreeTests {
    /// The folders below their parents as a server lists them, at most `cap` at once.
    private func requests(
        _ children: @escaping @Sendable (_ parent: String) -> [String], cap: Int = 1000,
        asking asked: @escaping @Sendable ([String]) -> Void = { _ in }
    ) -> ListRequests {
        ListRequests(
            get: { path in
                let items = URLComponents(string: path)?.queryItems ?? []
                let parents = items.filter { $0.name == "parent_folders" }.compactMap(\.value)
                asked(parents)
                let found = parents.flatMap(children)
                let (status, body) =
                    found.count <= cap
                    ? (200, "[" + found.map { #"{"folder":"\#($0)","name":"f"}"# }.joined(separator: ",") + "]")
                    : (
                        500,
                        #"{"error_type":"UNABLE_TO_ALLOCATE_RESOURCE","messages":[{"id":"com.vmware.api.vcenter.folder.too_many_matches","default_message":"Too many.","args":[]}]}"#
                    )
                return .success(HTTPAnswer(status: status, headers: [:], body: Array(body.utf8), isCut: false))
            }, server: "vc:443")
    }

    private func below(_ top: String, _ requests: ListRequests) async throws -> [String] {
        try await FolderTree(requests: requests).below([InventoryObject(id: top, name: InventoryName(raw: top))]).map(
            \.id)
    }

    @Test func `folders are found at any depth`() async throws {
        let found = try await below("f0", requests { ["f\((Int($0.dropFirst()) ?? 0) + 1)"].filter { $0 != "f300" } })
        #expect(found == (0..<300).map { "f\($0)" })
    }

    @Test func `folders that contain one another are found once each`() async throws {
        #expect(
            try await below("a", requests { $0 == "a" ? ["b", "a"] : ["a", "c", "c"] }).sorted() == ["a", "b", "c"])
    }

    @Test func `a request that would exceed the listing limit is split`() async throws {
        let wide: @Sendable (String) -> [String] = { parent in
            if parent == "top" { return (0..<90).map { "p\($0)" } }
            return parent.hasPrefix("p") ? (0..<20).map { "\($0)of\(parent)" } : []
        }
        let most = Mutex(0)
        let found = try await below(
            "top", requests(wide, cap: 100) { parents in most.withLock { $0 = max($0, parents.count) } })
        #expect(Set(found).count == 1891)
        #expect(found.count == Set(found).count)
        let mostParents = most.withLock(\.self)
        #expect(mostParents <= FolderTree.parentsAtOnce)
    }

    @Test func `a folder over the listing limit or an endless tree fails with an error`()
        async throws
    {
        let tooWide = await #expect(throws: HistoryError.self) {
            try await below("top", requests({ $0 == "top" ? (0..<200).map { "p\($0)" } : [] }, cap: 100))
        }
        #expect(tooWide?.code == .listingFailed)
        #expect(tooWide?.message.contains("parent_folders=top&type=VIRTUAL_MACHINE: HTTP 500: Too many.") == true)
        let endless = await #expect(throws: HistoryError.self) {
            try await below("f", requests { parent in (0..<9).map { "\(parent)\($0)" } })
        }
        #expect(endless?.message.contains("there are more than 20000 folders") == true)
    }
}

import Foundation
import GuestCustomization
import Synchronization
import Testing

@testable import VCenterClient

@Suite struct `The folders below a folder` {
    /// Folders by their parents, as a server lists them: at most `cap` at once.
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

    @Test func `are found however deep they lie`() async throws {
        let found = try await below("f0", requests { ["f\((Int($0.dropFirst()) ?? 0) + 1)"].filter { $0 != "f300" } })
        #expect(found == (0..<300).map { "f\($0)" })
    }

    @Test func `that hold one another are each found once`() async throws {
        #expect(
            try await below("a", requests { $0 == "a" ? ["b", "a"] : ["a", "c", "c"] }).sorted() == ["a", "b", "c"])
    }

    @Test func `are asked for in smaller parts where a list would be too long`() async throws {
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

    @Test func `fail loudly where one folder holds more than a list may, or a server makes them up without end`()
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

import Foundation
import GuestCustomization

/// Asks a vCenter for its lists of VMs and of what contains them.
struct ListRequests: Sendable {
    /// 4000 VMs take about half a MiB.
    static let bodyLimit = 16 * 1024 * 1024

    let get: @Sendable (_ path: String) async -> Result<HTTPAnswer, TransportFault>
    let server: String

    /// The VMs that match; `nil` if they are more than vCenter shows at once.
    func virtualMachines(_ query: ListQuery) async throws(CollectionFailure) -> [VirtualMachine]? {
        let path = query.path(of: "vm")
        let answer = try await answered(path)
        if answer.status != 200, let error = WireErrorBody(answer.body), error.isTooManyMatches { return nil }
        return try read([WireVirtualMachine].self, from: answer, path).map(\.virtualMachine)
    }

    /// Managed object ids of the objects that match.
    func ids(of kind: InventoryKind, _ query: ListQuery) async throws(CollectionFailure) -> [String] {
        let path = query.path(of: kind.rawValue)
        let objects = try read([WireInventoryObject].self, from: try await answered(path), path)
        let ids = objects.compactMap { $0.id(as: kind) }
        guard ids.count == objects.count else { throw failure(path, Self.notTheList) }
        return ids
    }

    func failure(_ path: String, _ reason: String) -> CollectionFailure {
        CollectionFailure(
            .listingFailed,
            "cannot list the VMs of \(server): GET \(path): \(reason); nothing was polled, try again later")
    }

    private static let notTheList = "the answer is not the list that vCenter documents"

    private func answered(_ path: String) async throws(CollectionFailure) -> HTTPAnswer {
        switch await get(path) {
        case .success(let answer): return answer
        case .failure(let fault): throw failure(path, fault.reason)
        }
    }

    private func read<Value: Decodable>(_ type: Value.Type, from answer: HTTPAnswer, _ path: String)
        throws(CollectionFailure) -> Value
    {
        guard answer.status == 200 else {
            let words = WireErrorBody(answer.body)?.text.map { ": \($0)" } ?? ""
            throw failure(path, "HTTP \(answer.status)\(words)")
        }
        guard !answer.isCut else { throw failure(path, "the list is larger than \(Self.bodyLimit / 1024 / 1024) MiB") }
        do { return try MendedJSON.decode(type, from: answer.body) } catch { throw failure(path, Self.notTheList) }
    }
}

extension WireErrorBody {
    /// Whether a list holds more than vCenter shows at once.
    fileprivate var isTooManyMatches: Bool {
        messages.contains { $0.id.hasSuffix(".too_many_matches") } || errorType == "UNABLE_TO_ALLOCATE_RESOURCE"
    }
}

import Foundation
import GuestCustomization

/// Lists all VMs of a vCenter, each managed object id once.
///
/// vCenter refuses to list more than 4000 VMs at once; then the hosts are asked one by one, some at a time. A VM that moves
/// between two of these questions may show twice, or, rarely, not at all (VCENTER-API.md, "Listing VMs").
struct VirtualMachineListing: Sendable {
    /// 4000 VMs take about half a MiB.
    static let bodyLimit = 16 * 1024 * 1024
    static let hostsAtOnce = 8

    let get: @Sendable (_ path: String) async -> Result<HTTPAnswer, TransportFault>
    let server: String

    func virtualMachines() async throws(CollectionFailure) -> [VirtualMachine] {
        switch try await list("/api/vcenter/vm") {
        case .listed(let vms): return unique(vms)
        case .tooMany: return try await byHost()
        }
    }

    private enum Page {
        case listed([VirtualMachine])
        case tooMany
    }

    private func list(_ path: String) async throws(CollectionFailure) -> Page {
        let answer = try await answered(path)
        if answer.status != 200, let error = WireErrorBody(answer.body), error.isTooManyMatches { return .tooMany }
        return .listed(try read([WireVirtualMachine].self, from: answer, path).map(\.virtualMachine))
    }

    private func byHost() async throws(CollectionFailure) -> [VirtualMachine] {
        let path = "/api/vcenter/host"
        let hosts = try read([WireHost].self, from: try await answered(path), path).map(\.host)
        guard !hosts.isEmpty else {
            throw failure(path, "lists no hosts, though there are more VMs than one list may hold")
        }
        do {
            return try await withThrowingTaskGroup(of: [VirtualMachine].self) { group in
                var waiting = hosts.makeIterator()
                var all: [VirtualMachine] = []
                func startNext() {
                    guard let host = waiting.next() else { return }
                    group.addTask { try await virtualMachines(ofHost: host) }
                }
                for _ in 0..<Self.hostsAtOnce { startNext() }
                while let vms = try await group.next() {
                    all += vms
                    startNext()
                }
                return unique(all)
            }
        } catch let failure as CollectionFailure {
            throw failure
        } catch {
            throw CollectionFailure(.listingFailed, "listing the VMs of \(server) failed: \(error)")
        }
    }

    private func virtualMachines(ofHost host: String) async throws(CollectionFailure) -> [VirtualMachine] {
        let path = "/api/vcenter/vm?hosts=\(host.percentEncodedForURL)"
        switch try await list(path) {
        case .listed(let vms): return vms
        case .tooMany: throw failure(path, "lists more VMs than vCenter shows at once")
        }
    }

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
        do { return try MendedJSON.decode(type, from: answer.body) } catch {
            throw failure(path, "the answer is not the list that vCenter documents")
        }
    }

    private func failure(_ path: String, _ reason: String) -> CollectionFailure {
        CollectionFailure(
            .listingFailed,
            "cannot list the VMs of \(server): GET \(path): \(reason); nothing was polled, try again later")
    }

    private func unique(_ vms: [VirtualMachine]) -> [VirtualMachine] {
        var seen = Set<String>()
        return vms.filter { seen.insert($0.id).inserted }
    }
}

extension WireErrorBody {
    /// Whether a list holds more than vCenter shows at once.
    fileprivate var isTooManyMatches: Bool {
        messages.contains { $0.id.hasSuffix(".too_many_matches") } || errorType == "UNABLE_TO_ALLOCATE_RESOURCE"
    }
}

extension String {
    /// For one segment of a path or one value of a query: the server chose the text, so only what RFC 3986 calls
    /// unreserved stays as it is.
    var percentEncodedForURL: String {
        addingPercentEncoding(withAllowedCharacters: .unreservedInURL) ?? ""
    }
}

extension CharacterSet {
    fileprivate static let unreservedInURL = CharacterSet(charactersIn: "a"..."z")
        .union(CharacterSet(charactersIn: "A"..."Z"))
        .union(CharacterSet(charactersIn: "0"..."9")).union(CharacterSet(charactersIn: "-._~"))
}

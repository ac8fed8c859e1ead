import Foundation
import GuestCustomization

/// Asks a vCenter for its lists of VMs and of what contains them.
struct ListRequests: Sendable {
    /// 4000 VMs, and no list has more, take about half a MiB; with the longest names, escaped, some 3 MiB.
    static let bodyLimit = 4 * 1024 * 1024

    let get: @Sendable (_ path: String) async -> Result<HTTPAnswer, TransportFault>
    let server: String

    enum Listed {
        case virtualMachines(VirtualMachineList)
        /// They are more than vCenter shows at once.
        case tooMany
        /// What the filter names, such as a host, is not there; with what there is to say of that.
        case notFound(CollectionFailure)
        /// There is no list that could be read; with why, as a clause and as what there is to say where no part of a list is of use.
        case refused(String, CollectionFailure)
    }

    /// The VMs that match. An element that names nothing that could be polled is counted, and costs the others nothing.
    func virtualMachines(_ query: ListQuery) async throws(CollectionFailure) -> Listed {
        let path = query.path(of: "vm")
        let answer: HTTPAnswer
        switch await get(path) {
        case .success(let got): answer = got
        case .failure(let fault) where fault.kind == .cancelled: throw failure(path, fault.reason)
        case .failure(let fault): return .refused(fault.reason, failure(path, fault.reason))
        }
        if answer.status != 200, let error = WireErrorBody(answer) {
            if error.isTooManyMatches { return .tooMany }
            if error.errorType == "NOT_FOUND" { return .notFound(failure(path, answer.refusal)) }
        }
        let elements: [JSONValue]
        do throws(Unreadable) {
            elements = try await self.elements(of: answer)
        } catch {
            if error.isStop { throw failure(path, error.reason) }
            return .refused(error.reason, failure(path, error.reason))
        }
        let vms = elements.compactMap(VirtualMachine.init(wire:))
        let unusable = elements.count - vms.count
        guard unusable == 0 || !vms.isEmpty else { return .refused(Self.notTheList, failure(path, Self.notTheList)) }
        return .virtualMachines(VirtualMachineList(vms, isWhole: unusable == 0, unusable: unusable))
    }

    enum Objects {
        case objects([InventoryObject])
        /// They are more than vCenter shows at once; with what there is to say where that cannot be helped.
        case tooMany(CollectionFailure)
    }

    /// The objects that match, or that they are too many for one list.
    func listed(_ kind: InventoryKind, _ query: ListQuery) async throws(CollectionFailure) -> Objects {
        let path = query.path(of: kind.rawValue)
        let answer = try await answered(path)
        if answer.status != 200, WireErrorBody(answer.body)?.isTooManyMatches == true {
            return .tooMany(failure(path, answer.refusal))
        }
        let elements: [JSONValue]
        do throws(Unreadable) {
            elements = try await self.elements(of: answer)
        } catch {
            throw failure(path, error.reason)
        }
        let objects = elements.compactMap { InventoryObject(wire: $0, kind: kind) }
        guard objects.count == elements.count else { throw failure(path, Self.notTheList) }
        return .objects(objects)
    }

    /// The objects that match, which one list has to hold.
    func objects(of kind: InventoryKind, _ query: ListQuery) async throws(CollectionFailure) -> [InventoryObject] {
        switch try await listed(kind, query) {
        case .objects(let objects): return objects
        case .tooMany(let failure): throw failure
        }
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

    /// Why an answer is no list, as a clause.
    private struct Unreadable: Error {
        var reason: String
        /// Whether it was not read since the run is being stopped.
        var isStop = false
    }

    private func elements(of answer: HTTPAnswer) async throws(Unreadable) -> [JSONValue] {
        guard answer.status == 200 else { throw Unreadable(reason: answer.refusal) }
        guard !answer.isCut else {
            throw Unreadable(reason: "the list is larger than \(Self.bodyLimit / 1024 / 1024) MiB")
        }
        if let damage = answer.damage { throw Unreadable(reason: damage) }
        let value = await LargeBody.read(answer.withheld?.bytes ?? answer.body) { JSONReader.value(of: $0)?.array }
        guard let value else { throw Unreadable(reason: "stopped", isStop: true) }
        guard let elements = value else { throw Unreadable(reason: Self.notTheList) }
        return elements
    }
}

extension HTTPAnswer {
    /// What there is to say of an answer that is no list.
    fileprivate var refusal: String { "HTTP \(status)" + (WireErrorBody(self)?.text.map { ": \($0)" } ?? "") }
}

extension WireErrorBody {
    /// Whether a list holds more than vCenter shows at once.
    fileprivate var isTooManyMatches: Bool {
        messages.contains { $0.id.hasSuffix(".too_many_matches") } || errorType == "UNABLE_TO_ALLOCATE_RESOURCE"
    }
}

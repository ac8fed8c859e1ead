import Foundation
import GuestCustomization

/// Asks a vCenter for its lists of VMs and of the objects that contain them.
struct ListRequests: Sendable {
    /// A list has at most 4000 VMs, which take about half a MiB, or about 3 MiB with the longest names, escaped.
    static let bodyLimit = 4 * 1024 * 1024

    let get: @Sendable (_ path: String) async -> Result<HTTPAnswer, TransportFault>
    let server: String

    enum Listed {
        case virtualMachines(VirtualMachineList)
        /// There are more than vCenter lists at once.
        case tooMany
        /// An object that the filter names, such as a host, does not exist; with a description.
        case notFound(HistoryError)
        /// No readable list came; with the reason as a clause, and as the failure to report if a partial list is useless.
        case refused(String, HistoryError)
    }

    /// The VMs that match. Elements that name nothing to poll are counted and skipped.
    func virtualMachines(_ query: ListQuery) async throws(HistoryError) -> Listed {
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
        /// There are more than vCenter lists at once; with the failure to report if nothing else can be tried.
        case tooMany(HistoryError)
    }

    /// The objects that match, or the fact that there are too many for one list.
    func listed(_ kind: InventoryKind, _ query: ListQuery) async throws(HistoryError) -> Objects {
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

    /// The objects that match, which must fit into one list.
    func objects(of kind: InventoryKind, _ query: ListQuery) async throws(HistoryError) -> [InventoryObject] {
        switch try await listed(kind, query) {
        case .objects(let objects): return objects
        case .tooMany(let failure): throw failure
        }
    }

    func failure(_ path: String, _ reason: String) -> HistoryError {
        HistoryError(
            .listingFailed, about: "cannot list the VMs of \(server)", "GET \(path): \(reason)",
            advice: "nothing was polled, try again later")
    }

    private static let notTheList = "the answer is not the list that vCenter documents"

    private func answered(_ path: String) async throws(HistoryError) -> HTTPAnswer {
        switch await get(path) {
        case .success(let answer): return answer
        case .failure(let fault): throw failure(path, fault.reason)
        }
    }

    /// Why an answer is not a list, as a clause.
    private struct Unreadable: Error {
        var reason: String
        /// Whether it was not read because the run is being stopped.
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
    /// The description of an answer that is not a list.
    fileprivate var refusal: String { "HTTP \(status)" + (WireErrorBody(self)?.text.map { ": \($0)" } ?? "") }
}

extension WireErrorBody {
    /// Whether there are more elements than vCenter lists at once.
    fileprivate var isTooManyMatches: Bool {
        messages.contains { $0.id.hasSuffix(".too_many_matches") } || errorType == "UNABLE_TO_ALLOCATE_RESOURCE"
    }
}

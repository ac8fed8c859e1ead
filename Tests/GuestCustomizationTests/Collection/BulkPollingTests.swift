import GuestCustomization
import Synchronization
import TestSupport
import Testing

/// A vCenter that tells of VMs one by one and in bulk.
private struct BothWays: CustomizationSource, BulkCustomizationSource {
    var single: ScriptedSource
    var pages: @Sendable () throws -> [BulkPage]

    func virtualMachines() async throws(HistoryError) -> VirtualMachineList { try await single.virtualMachines() }
    func lastCustomization(of vm: String, endpoint: Endpoint) async throws(HistoryError) -> TimedAnswer {
        try await single.lastCustomization(of: vm, endpoint: endpoint)
    }
    func readCustomizations(take: @escaping @Sendable (BulkPage) async throws -> Void) async throws {
        for page in try pages() { try await take(page) }
    }
}

@Suite(.timeLimit(.minutes(1))) final class BulkPollingTests: Sendable {
    private let vms = (0..<6).map { VirtualMachine(id: "vm-\($0)", name: "web-\($0)") }
    private let asked = Mutex<[String]>([])
    private let recorder = MemoryRecorder()
    private let succeeded = CustomizationInfo(status: .succeeded)

    private func told(_ ids: [Int], sentAt: Duration = .seconds(3)) -> BulkPage {
        BulkPage(
            ids.map { BulkCustomization(vm: "vm-\($0)", info: succeeded, body: Array("{\($0)}".utf8)) }, sentAt: sentAt)
    }

    private func source(_ pages: @escaping @Sendable () throws -> [BulkPage]) -> BothWays {
        BothWays(
            single: ScriptedSource(vms: .success(vms)) { vm throws(HistoryError) in
                self.asked.withLock { $0.append(vm) }
                return .notAvailable
            }, pages: pages)
    }

    private func collect(
        _ endpoints: [Endpoint] = [.customization], _ scope: Collector.Scope = .all,
        _ pages: @escaping @Sendable () throws -> [BulkPage]
    ) async throws -> CollectionSummary {
        let source = source(pages)
        var collector = Collector(
            vCenter: "vc", source: source, recorder: recorder, concurrency: 1,
            now: { Timestamp(unixMilliseconds: 1_000) }, clock: ManualClock(.untilAdvanced).steady)
        collector.bulk = source
        let summaries = try await collector.collect(endpoints, scope)
        return try #require(summaries.first)
    }

    @Test func `each VM is polled once, at the time of its page's request, with its own JSON`() async throws {
        let summary = try await collect { [self] in [told([0, 1, 2]), told([3, 4, 5], sentAt: .seconds(4))] }
        #expect(summary.outcome == .complete && summary.polled == 6 && asked.withLock(\.isEmpty))
        let polls = await recorder.runs[0].polls
        #expect(polls.map(\.vm) == vms.map(\.id))
        #expect(polls.map(\.polledAt.unixMilliseconds) == [4000, 4000, 4000, 5000, 5000, 5000])
        #expect(polls[4].answer.body == Array("{4}".utf8) && polls[4].answer.httpStatus == 200)
    }

    @Test func `a VM that is not told of, or told nothing about, is polled by itself`() async throws {
        let summary = try await collect { [self] in
            [BulkPage([BulkCustomization(vm: "vm-1", info: nil)], sentAt: .zero), told([0, 2, 4, 99, 2])]
        }
        #expect(asked.withLock { $0 } == ["vm-1", "vm-3", "vm-5"])
        #expect(summary.polled == 6 && summary.bulkFailure == nil)
        #expect(Set(await recorder.runs[0].polls.map(\.vm)) == Set(vms.map(\.id)))
    }

    @Test func `a fault costs no poll, and is kept`() async throws {
        let summary = try await collect { throw HistoryError(.endpointMissing, "there is no such API") }
        #expect(asked.withLock { $0 } == vms.map(\.id))
        #expect(summary.outcome == .complete && summary.bulkFailure?.code == .endpointMissing)
    }

    @Test func `other endpoints and a few chosen VMs are polled one by one`() async throws {
        _ = try await collect([.customizationLive]) { [self] in [told([0, 1, 2, 3, 4, 5])] }
        _ = try await collect([.customization], .only(Array(vms.prefix(2)))) { [self] in [told([0, 1])] }
        #expect(asked.withLock { $0 } == vms.map(\.id) + ["vm-0", "vm-1"])
    }

    @Test func `a full disk ends the run as it does with polls one by one`() async throws {
        await recorder.fill()
        await #expect(throws: UnrecordedPolls.self) { try await self.collect { [self] in [told([0, 1])] } }
        #expect(await recorder.runs[0].outcome == .interrupted)
    }

    @Test func `a difference is one only if it stays when both are asked once more`() async throws {
        let running = CustomizationInfo(status: .running)
        let comparison = BulkComparison(
            of: BothWays(
                single: ScriptedSource(vms: .success(vms)) { vm throws(HistoryError) in
                    let times = self.asked.withLock { asked in
                        asked.append(vm)
                        return asked.filter { $0 == vm }.count
                    }
                    switch vm {
                    // Ends between the two questions.
                    case "vm-1": return Answer(result: .reported, info: times == 1 ? running : self.succeeded)
                    case "vm-2": return Answer(result: .reported, info: running)
                    case "vm-3": return Answer(result: .unavailable)
                    case "vm-4": return Answer(result: .unauthorized)
                    default: return Answer(result: .reported, info: self.succeeded)
                    }
                }, pages: { [self] in [told([0, 1, 2, 3, 4])] }))
        for vm in try await comparison.virtualMachines().virtualMachines {
            _ = try await comparison.lastCustomization(of: vm.id, endpoint: .customization)
        }
        let agreement = try await comparison.compare()
        #expect(agreement.differences.map(\.vm) == ["vm-2", "vm-4"])
        #expect(agreement.counts == [.agree: 2, .differ: 2, .unanswered: 1, .untold: 1] && agreement.compared == 4)
        #expect(asked.withLock { $0.count } == 6 + 3)
    }
}

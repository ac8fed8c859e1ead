import GuestCustomization
import Synchronization
import TestSupport
import Testing

@Suite struct InventoryReadingTests {
    private let recorder = MemoryRecorder()

    /// Tells what two VMs are, but no sooner than a condition is fulfilled.
    private struct SlowSource: AttributeSource {
        var isReady: @Sendable () -> Bool

        func readAttributes(take: @escaping @Sendable (AttributePage) async throws -> Void) async throws {
            while !isReady() {
                try Task.checkCancellation()
                await Task.yield()
            }
            let vms = ["vm-1", "vm-2"].map { id in
                var vm = VirtualMachineAttributes(vm: id)
                (vm.host, vm.instanceUUID) = ("esx-1", "told of \(id)")
                return vm
            }
            try await take(AttributePage(virtualMachines: vms))
        }

        func readSources(
            since start: EventPosition,
            take: @escaping @Sendable ([VirtualMachineSource], EventPosition) async throws -> Void
        ) async throws {}
    }

    /// Collects while the inventory is read; returns how many VMs were polled and asked who they are.
    ///
    /// - Parameter waiting: With `.skipped`, the time that runs wait for identities is over at once.
    private func collect(
        waiting: ManualClock.Waiting = .untilAdvanced, readyAfter isReady: @escaping @Sendable (_ polled: Int) -> Bool
    ) async throws -> (polled: Int, asked: Int) {
        let counts = Mutex((polled: 0, asked: 0))
        var source = ScriptedSource(vms: .success(["vm-1", "vm-2"].map { VirtualMachine(id: $0, name: $0) }))
        source.answer = { _ in
            counts.withLock { $0.polled += 1 }
            return .notAvailable
        }
        source.identify = { _ in counts.withLock { $0.asked += 1 } }
        var collector = Collector(
            vCenter: "vc", source: source, recorder: recorder, now: { Timestamp(unixMilliseconds: 1000) },
            clock: ManualClock(waiting).steady)
        let reading = InventoryReading(sourcesSince: EventPosition())
        collector.inventory = reading
        async let told: Void = reading.read(from: SlowSource { isReady(counts.withLock(\.polled)) })
        _ = try await collector.collect([.customizationLive, .customization])
        try await told
        return counts.withLock(\.self)
    }

    @Test(.timeLimit(.minutes(1)))
    func `VMs that are known are polled while the vCenter tells what they are, and the run records it once`()
        async throws
    {
        await recorder.record(
            ["vm-1", "vm-2"].map { VirtualMachineIdentity(vm: $0, instanceUUID: "known") }, in: .init(rawValue: 0))
        let (polled, asked) = try await collect { $0 >= 2 }
        #expect(polled == 4 && asked == 0)
        let told = await recorder.told
        #expect(told.count == 1 && told.first?["vm-1"]?.host == "esx-1" && told.first?["vm-3"] == nil)
    }

    @Test func `a VM that is not known is not asked who it is, if the vCenter tells`() async throws {
        let (polled, asked) = try await collect { _ in true }
        #expect(polled == 4 && asked == 0)
        #expect(await recorder.identities == ["vm-1": "told of vm-1", "vm-2": "told of vm-2"])
        #expect(await recorder.told.count == 1)
    }

    @Test(.timeLimit(.minutes(1)))
    func `VMs that are not known are polled although the vCenter does not tell what they are`() async throws {
        let (polled, asked) = try await collect(waiting: .skipped) { $0 >= 2 }
        #expect(polled == 4 && asked == 2)
        #expect(await recorder.told.first?["vm-1"]?.host == "esx-1")
    }
}

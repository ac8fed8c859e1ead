import Synchronization

/// The polls of one run. A fixed number of workers share its VMs: a task for each VM would cost more than the poll's own work.
final class RunPolling: Sendable {
    /// Identities that are recorded together. In the first run of a vCenter there are as many as VMs.
    private static let identitiesAtOnce = 1000

    private let vms: [VirtualMachine]
    private let source: any CustomizationSource
    private let batch: PollBatch
    private let endpoint: Endpoint
    /// For each VM, whether its identity is not recorded yet. In the first run of a vCenter, a set of ids would take megabytes.
    private let isUnidentified: [Bool]
    private let time: RunClock
    private let recordIdentities: @Sendable ([VirtualMachineIdentity]) async throws -> Void
    private let progress: @Sendable (CollectionProgress) -> Void
    private let state: Mutex<State>

    /// How the polling ended.
    struct End: Sendable {
        var summary: CollectionSummary
        /// Identities that are not recorded yet.
        var identities: [VirtualMachineIdentity] = []
        /// Why nothing more can be recorded.
        var fault: (any Error)?
    }

    private struct State {
        var end: End
        var next = 0
        /// Requests for an identity that got no answer.
        var unidentifiable = 0
        var isRecordingIdentities = false

        var isOver: Bool { end.fault != nil || end.summary.failure != nil }
    }

    /// - Parameters:
    ///   - unidentified: The ids of the VMs whose identity is not recorded yet.
    ///   - progress: Called after each poll, one call at a time.
    init(
        of vms: [VirtualMachine], from source: any CustomizationSource, into batch: PollBatch,
        _ summary: CollectionSummary, identifying unidentified: Set<String>, _ time: RunClock,
        recordIdentities: @escaping @Sendable ([VirtualMachineIdentity]) async throws -> Void,
        progress: @escaping @Sendable (CollectionProgress) -> Void
    ) {
        self.vms = vms
        self.source = source
        self.batch = batch
        isUnidentified = vms.map { unidentified.contains($0.id) }
        self.time = time
        self.recordIdentities = recordIdentities
        self.progress = progress
        endpoint = summary.endpoint
        state = Mutex(State(end: End(summary: summary)))
    }

    /// Polls all VMs, until the task is cancelled or nothing more can be polled or recorded.
    func poll(atOnce concurrency: Int) async -> End {
        // What one worker throws ends the others.
        try? await withThrowingTaskGroup { group in
            for _ in 0..<min(concurrency, vms.count) { group.addTask { try await self.work() } }
            try await group.waitForAll()
        }
        return state.withLock(\.end)
    }

    private func work() async throws {
        while let index = next() {
            let vm = vms[index]
            let got: TimedAnswer
            do {
                got = try await source.lastCustomization(of: vm.id, endpoint: endpoint)
            } catch {
                state.withLock { if !$0.isOver { $0.end.summary.failure = error } }
                throw error
            }
            // The run was stopped while the VM was being polled: the missing answer says nothing about the VM.
            if Task.isCancelled, !got.answer.isAnswer { continue }
            try await take(got, of: vm)
            // A VM that does not answer the first request would hold up the run with the second one. The poll does not wait for it.
            if isUnidentified[index], got.answer.result == .reported, mayIdentify {
                await note(await source.identity(of: vm.id))
            }
        }
    }

    /// The VM to poll next.
    private func next() -> Int? {
        guard !Task.isCancelled else { return nil }
        return state.withLock { state in
            guard !state.isOver, state.next < vms.count else { return nil }
            defer { state.next += 1 }
            return state.next
        }
    }

    private func take(_ got: TimedAnswer, of vm: VirtualMachine) async throws {
        guard !state.withLock(\.isOver) else {
            // The polls that are under way are still counted when nothing more can be recorded.
            return state.withLock { if $0.end.fault != nil { $0.end.summary.count(got.answer, of: vm) } }
        }
        do {
            try await batch.add(Poll(vm: vm.id, polledAt: time.instant(at: got.sentAt), answer: got.answer))
        } catch {
            state.withLock { state in
                state.end.summary.count(got.answer, of: vm)
                if state.end.fault == nil { state.end.fault = error }
            }
            throw error
        }
        withExtendedLifetime(got.memory) {}
        state.withLock { state in
            state.end.summary.count(got.answer, of: vm)
            progress(
                CollectionProgress(
                    vCenter: state.end.summary.vCenter, endpoint: endpoint, polled: state.end.summary.polled,
                    of: state.end.summary.virtualMachines))
        }
    }

    private var mayIdentify: Bool {
        guard !Task.isCancelled else { return false }
        return state.withLock { !$0.isOver && $0.unidentifiable < Collector.maximumUnidentifiable }
    }

    private func note(_ identity: VirtualMachineIdentity?) async {
        let some = state.withLock { state -> [VirtualMachineIdentity] in
            guard let identity else {
                state.unidentifiable += 1
                return []
            }
            state.end.identities.append(identity)
            guard state.end.identities.count.isMultiple(of: Self.identitiesAtOnce), !state.isRecordingIdentities
            else { return [] }
            state.isRecordingIdentities = true
            return state.end.identities
        }
        guard !some.isEmpty else { return }
        // What cannot be recorded now is tried again with the next ones, and in the end.
        let isRecorded = (try? await recordIdentities(some)) != nil
        state.withLock { state in
            state.isRecordingIdentities = false
            if isRecorded { state.end.identities.removeFirst(some.count) }
        }
    }
}

import Synchronization

/// The polls of a run whose answers come a thousand at a time. What they do not tell is left to polls one by one, so that nothing passes
/// for an answer that was none.
final class BulkPolling: Sendable {
    private let source: any BulkCustomizationSource
    private let batch: PollBatch
    private let time: RunClock
    private let progress: @Sendable (CollectionProgress) -> Void
    private let state: Mutex<End>

    /// What came of it.
    struct End: Sendable {
        var summary: CollectionSummary
        /// The VMs that are still to be polled, by their ids.
        var left: [String: VirtualMachine]
        /// Why nothing more can be recorded.
        var fault: (any Error)?
    }

    init(
        of vms: [VirtualMachine], from source: any BulkCustomizationSource, into batch: PollBatch,
        _ summary: CollectionSummary, _ time: RunClock, progress: @escaping @Sendable (CollectionProgress) -> Void
    ) {
        self.source = source
        self.batch = batch
        self.time = time
        self.progress = progress
        let left = Dictionary(vms.map { ($0.id, $0) }) { first, _ in first }
        state = Mutex(End(summary: summary, left: left))
    }

    /// Polls until all is told, the task is cancelled or nothing more can be recorded.
    func poll() async -> End {
        do {
            try await source.readCustomizations { page in try await self.take(page) }
        } catch {
            // A stop is no failure; whatever else went wrong, the VMs can be polled one by one.
            let failure = error as? HistoryError ?? HistoryError(.listingFailed, "\(error)")
            state.withLock { if $0.fault == nil, !Task.isCancelled { $0.summary.bulkFailure = failure } }
        }
        return state.withLock(\.self)
    }

    private func take(_ page: BulkPage) async throws {
        for told in page.customizations {
            guard let info = told.info, let vm = state.withLock({ $0.left.removeValue(forKey: told.vm) }) else {
                continue
            }
            let answer = Answer(result: .reported, httpStatus: 200, info: info, body: told.body)
            do {
                try await batch.add(Poll(vm: vm.id, polledAt: time.instant(at: page.sentAt), answer: answer))
            } catch {
                state.withLock { state in
                    state.summary.count(answer, of: vm)
                    state.fault = error
                }
                throw error
            }
            state.withLock { state in
                state.summary.count(answer, of: vm)
                progress(
                    CollectionProgress(
                        vCenter: state.summary.vCenter, endpoint: state.summary.endpoint,
                        polled: state.summary.polled, of: state.summary.virtualMachines))
            }
        }
    }
}

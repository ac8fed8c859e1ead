/// Polls every VM of one vCenter once per endpoint and records every answer.
public struct Collector: Sendable {
    private let vCenter: String
    private let source: any CustomizationSource
    private let recorder: any CollectionRecorder
    private let concurrency: Int
    private let now: @Sendable () -> Timestamp
    private let progress: @Sendable (CollectionProgress) -> Void

    /// - Parameters:
    ///   - vCenter: The name under which the history knows this vCenter.
    ///   - concurrency: How many polls are under way at once, at most; 16 suits the API endpoint's thread pool.
    ///   - now: The clock that polls and runs are stamped with.
    ///   - progress: Called after each poll.
    public init(
        vCenter: String, source: any CustomizationSource, recorder: any CollectionRecorder, concurrency: Int = 16,
        now: @escaping @Sendable () -> Timestamp, progress: @escaping @Sendable (CollectionProgress) -> Void = { _ in }
    ) {
        precondition(concurrency > 0)
        self.vCenter = vCenter
        self.source = source
        self.recorder = recorder
        self.concurrency = concurrency
        self.now = now
        self.progress = progress
    }

    /// One pass: a run for each endpoint, all over one listing.
    ///
    /// A cancelled task ends its run with what it has, marked `interrupted`. Throws what the recorder throws; what the
    /// vCenter does is told in the summaries.
    public func collect(_ endpoints: [Endpoint], vms include: @Sendable (VirtualMachine) -> Bool = { _ in true })
        async throws
        -> [CollectionSummary]
    {
        var listing: Result<[VirtualMachine], CollectionFailure>?
        var summaries: [CollectionSummary] = []
        for endpoint in endpoints {
            var summary = try await begin(endpoint)
            if listing == nil {
                listing = await listed().map { $0.filter(include) }
            }
            switch listing {
            case .failure(let failure): summary.failure = failure
            case .success(let vms): try await poll(vms, into: &summary)
            case nil: break
            }
            try await finish(&summary)
            summaries.append(summary)
            if Task.isCancelled { break }
        }
        return summaries
    }

    private func listed() async -> Result<[VirtualMachine], CollectionFailure> {
        do { return .success(try await source.virtualMachines()) } catch { return .failure(error) }
    }

    private func begin(_ endpoint: Endpoint) async throws -> CollectionSummary {
        let run = try await beyondCancellation { [recorder, vCenter, now] in
            try await recorder.beginRun(vCenter: vCenter, endpoint: endpoint, at: now())
        }
        return CollectionSummary(vCenter: vCenter, endpoint: endpoint, run: run)
    }

    private func poll(_ vms: [VirtualMachine], into summary: inout CollectionSummary) async throws {
        let run = summary.run
        let endpoint = summary.endpoint
        summary.virtualMachines = vms.count
        try await beyondCancellation { [recorder, now] in
            try await recorder.record(listing: vms, in: run, at: now())
        }
        let batch = PollBatch { [recorder] polls in try await recorder.append(polls, to: run) }
        var counted = summary
        do {
            try await withThrowingTaskGroup(of: Poll?.self) { group in
                var waiting = vms.makeIterator()
                var done = 0
                func startNext() {
                    guard !Task.isCancelled, let vm = waiting.next() else { return }
                    group.addTask { try await poll(vm, endpoint) }
                }
                for _ in 0..<concurrency { startNext() }
                while let result = try await group.next() {
                    startNext()
                    guard let poll = result else { continue }
                    counted.count(poll.answer)
                    try await batch.add(poll)
                    done += 1
                    progress(CollectionProgress(vCenter: vCenter, endpoint: endpoint, polled: done, of: vms.count))
                }
            }
        } catch let failure as CollectionFailure {
            counted.failure = failure
        }
        summary = counted
        try await batch.flush()
    }

    /// The poll of one VM; `nil` if the run was stopped meanwhile, since the answer then tells of the stop, not of the VM.
    private func poll(_ vm: VirtualMachine, _ endpoint: Endpoint) async throws -> Poll? {
        let polledAt = now()
        let answer = try await source.lastCustomization(of: vm.id, endpoint: endpoint)
        return Task.isCancelled ? nil : Poll(vm: vm.id, polledAt: polledAt, answer: answer)
    }

    private func finish(_ summary: inout CollectionSummary) async throws {

        if summary.failure != nil, !Task.isCancelled {
            summary.outcome = .failed
        } else if Task.isCancelled || summary.polled < summary.virtualMachines {
            summary.outcome = .interrupted
        } else {
            summary.outcome = summary.failedPolls == 0 ? .complete : .partial
        }
        try await beyondCancellation { [recorder, now, summary] in
            try await recorder.finishRun(
                summary.run, outcome: summary.outcome, at: now(), failure: summary.failure?.message)
        }
    }

    /// Runs `operation` to its end though the current task is cancelled: what was polled is still to be recorded.
    private func beyondCancellation<Value: Sendable>(
        _ operation: @escaping @Sendable () async throws -> Value
    ) async throws -> Value {
        try await Task(operation: operation).value
    }
}

/// How far a run has come.
public struct CollectionProgress: Sendable {
    public var vCenter: String
    public var endpoint: Endpoint
    /// VMs polled so far.
    public var polled: Int
    /// VMs in the listing.
    public var of: Int
}

/// Polls VMs of one vCenter, each once per endpoint, and records every answer.
package struct Collector: Sendable {
    private let vCenter: String
    private let source: any CustomizationSource
    private let recorder: any CollectionRecorder
    private let concurrency: Int
    private let now: @Sendable () -> Timestamp
    let clock: SteadyClock
    private let progress: @Sendable (CollectionProgress) -> Void
    /// Tells about many VMs at once on the endpoint `customization`; `nil` to poll each by itself. Not used for a few VMs that were chosen.
    package var bulk: (any BulkCustomizationSource)?
    /// Set for a pass whose time is limited.
    var runTime: RunTime?
    /// Reads what the vCenter tells about its VMs, which the pass's first run with a list of VMs records; `nil` if it is not asked. A run
    /// waits for it before its polls only if it has to know who a VM is, and not for long.
    package var inventory: InventoryReading?

    /// - Parameters:
    ///   - vCenter: The name under which the history knows this vCenter.
    ///   - concurrency: How many polls are under way at once, at most; 16 suits the API endpoint's thread pool.
    ///   - now: The clock that the beginnings of runs are stamped with.
    ///   - clock: Tells what has passed since then, and how long to wait; the source's own clock.
    ///   - progress: Called after each poll.
    package init(
        vCenter: String, source: any CustomizationSource, recorder: any CollectionRecorder, concurrency: Int = 16,
        now: @escaping @Sendable () -> Timestamp, clock: SteadyClock,
        progress: @escaping @Sendable (CollectionProgress) -> Void = { _ in }
    ) {
        precondition(concurrency > 0)
        self.vCenter = vCenter
        self.source = source
        self.recorder = recorder
        self.concurrency = concurrency
        self.now = now
        self.clock = clock
        self.progress = progress
    }

    /// Which VMs a pass covers.
    package enum Scope: Sendable {
        /// All VMs that the vCenter lists.
        case all
        /// The VMs that the vCenter lists and the closure accepts.
        case listed(where: @Sendable (VirtualMachine) -> Bool)
        /// These VMs, without requesting a list.
        case only([VirtualMachine])
        /// None: it is already known that no list can be obtained. The pass's runs are recorded as failed.
        case unlisted(HistoryError)
    }

    /// After so many requests for an identity got no answer, the run makes no more of them: a later run can.
    static let maximumUnidentifiable = 3
    /// VMs that may move while a list is put together.
    private static let maximumMoved = 100
    /// How long polls wait for `inventory` to tell who VMs are; then each of these VMs is asked about.
    private static let identityWait = Duration.seconds(10)

    /// One pass: a run for each endpoint, all on the same list of VMs.
    ///
    /// A cancelled task ends its run with what it has, marked `interrupted`. Throws what the recorder throws; the summaries
    /// report what the vCenter did.
    package func collect(_ endpoints: [Endpoint], _ scope: Scope = .all) async throws -> [CollectionSummary] {
        var listing: Result<VirtualMachineList, HistoryError>?
        var summaries: [CollectionSummary] = []
        for endpoint in endpoints {
            let time = RunClock(startingAt: now(), clock)
            var summary = try await begin(endpoint, at: time.startedAt)
            let made: Result<VirtualMachineList, HistoryError>
            if let listing { made = listing } else { made = await list(scope) }
            listing = made
            switch made {
            case .failure(let failure): summary.failure = failure
            case .success(var list):
                do {
                    try await complete(&list, in: summary.run)
                    listing = .success(list)
                    try await doubt(&list, in: &summary)
                    try await poll(list, time, into: &summary)
                } catch {
                    await giveUp(summary.run, error)
                    throw error
                }
            }
            do {
                try await finish(&summary, time)
            } catch {
                await giveUp(summary.run, error)
                throw error
            }
            summaries.append(summary)
            if Task.isCancelled { break }
        }
        return summaries
    }

    private func list(_ scope: Scope) async -> Result<VirtualMachineList, HistoryError> {
        do {
            switch scope {
            case .all: return .success(try await source.virtualMachines())
            case .listed(let accepts):
                var list = try await source.virtualMachines()
                list.virtualMachines.removeAll { !accepts($0) }
                list.selection = .chosen
                list.isWhole = false
                return .success(list)
            case .only(let vms): return .success(VirtualMachineList(vms, selection: .chosen, isWhole: false))
            case .unlisted(let failure): return .failure(failure)
            }
        } catch {
            return .failure(error)
        }
    }

    /// A list that is empty, or nearly empty compared with the one before, more likely means missing rights than missing VMs.
    private func doubt(_ list: inout VirtualMachineList, in summary: inout CollectionSummary) async throws {
        let before = try await recorder.virtualMachinesListed(before: summary.run, list.selection)
        summary.listingDoubt = ListingDoubt(list, before: before)
        if summary.listingDoubt != nil { list.isWhole = false }
    }

    /// Adds the VMs that only moved while a list was put together: the vCenter still knows who they are. If more are missing than can have
    /// moved meanwhile, the list is believed.
    private func complete(_ list: inout VirtualMachineList, in run: CollectionRunID) async throws {
        guard list.isPieced, list.isWhole else { return }
        list.isPieced = false
        let missing = try await recorder.virtualMachinesMissing(from: list, in: run)
        guard missing.count <= Self.maximumMoved else { return }
        let found = await ask(about: Set(missing.map(\.id)))
        list.virtualMachines += missing.filter { (found[$0.id] ?? nil)?.instanceUUID != nil }
    }

    private func begin(_ endpoint: Endpoint, at startedAt: Timestamp) async throws -> CollectionSummary {
        let run = try await recorder.beginRun(vCenter: vCenter, endpoint: endpoint, at: startedAt)
        return CollectionSummary(vCenter: vCenter, endpoint: endpoint, run: run)
    }

    private func poll(
        _ list: VirtualMachineList, _ time: RunClock, into summary: inout CollectionSummary
    ) async throws {
        let run = summary.run
        let vms = list.virtualMachines
        summary.virtualMachines = vms.count
        summary.unusable = list.unusable
        summary.unlisted = list.unlisted
        let inDoubt = try await recorder.virtualMachinesInDoubt(among: list, in: run)
        let doubts = await identities(of: inDoubt)
        var unidentified = try await recorder.record(list, identifiedAs: doubts, in: run, at: time.now)
        let told = await toldIdentities(of: unidentified)
        if !told.isEmpty { try await recorder.record(told, in: run) }
        unidentified.subtract(told.map(\.vm))
        // As soon as it is there: it takes megabytes.
        async let inventoryRecorded: Void = recordInventory(in: run)
        let batch = PollBatch(by: clock) { [recorder] polls in try await recorder.append(polls, to: run) }
        var (rest, fault) = (vms, (any Error)?.none)
        if let bulk, summary.endpoint == .customization, list.selection != .chosen {
            let end = await BulkPolling(of: vms, from: bulk, into: batch, summary, time, progress: progress).poll()
            (summary, fault) = (end.summary, end.fault)
            rest.removeAll { end.left[$0.id] == nil || end.fault != nil }
        }
        let polling = RunPolling(
            of: rest, from: source, into: batch, summary, identifying: unidentified, time,
            recordIdentities: { [recorder] identities in try await recorder.record(identities, in: run) },
            progress: progress)
        let end = await withTaskExecutorPreference(source.executor) { await polling.poll(atOnce: concurrency) }
        summary = end.summary
        do {
            if let fault = fault ?? end.fault { throw fault }
            try await batch.flush()
        } catch {
            throw UnrecordedPolls(count: summary.polled - (await batch.written), cause: error)
        }
        if !end.identities.isEmpty { try await recorder.record(end.identities, in: run) }
        try await inventoryRecorded
    }

    private func recordInventory(in run: CollectionRunID) async throws {
        if let told = await inventory?.take() { try await recorder.record(told, in: run) }
    }

    /// The identities of some VMs that the vCenter tells with what they are, if it does so soon.
    private func toldIdentities(of vms: Set<String>) async -> [VirtualMachineIdentity] {
        guard !vms.isEmpty, let inventory else { return [] }
        let told = await TimeLimit.value(within: Self.identityWait, by: clock) { await inventory.told() }
        return (told ?? nil)?.identities(of: vms) ?? []
    }

    /// The identities of VMs that have to be known before they are polled; `nil` for a VM that the vCenter does not answer for.
    private func identities(of vms: Set<String>) async -> [String: VirtualMachineIdentity?] {
        let known = await toldIdentities(of: vms)
        var identities = await ask(about: vms.subtracting(known.map(\.vm)))
        for identity in known { identities[identity.vm] = identity }
        return identities
    }

    /// The identities of VMs, each asked about by itself; `nil` for a VM that the vCenter does not answer for.
    private func ask(about vms: Set<String>) async -> [String: VirtualMachineIdentity?] {
        var identities: [String: VirtualMachineIdentity?] = Dictionary(
            uniqueKeysWithValues: vms.map { ($0, .none) })
        var unidentifiable = 0
        await withTaskGroup(of: VirtualMachineIdentity?.self) { group in
            var waiting = vms.makeIterator()
            func startNext() {
                guard !Task.isCancelled, unidentifiable < Self.maximumUnidentifiable, let vm = waiting.next() else {
                    return
                }
                group.addTask { await source.identity(of: vm) }
            }
            for _ in 0..<concurrency { startNext() }
            for await identity in group {
                if let identity {
                    identities[identity.vm] = identity
                } else {
                    unidentifiable += 1
                }
                startNext()
            }
        }
        return identities
    }

    private func finish(_ summary: inout CollectionSummary, _ time: RunClock) async throws {
        if Task.isCancelled {
            // A failure after the stop is caused by the stop, not by the vCenter.
            summary.failure = nil
            summary.outcome = .interrupted
            summary.cutShort = runTime?.reason(summary)
            if let reason = summary.cutShort, summary.polled == 0 {
                summary.failure = HistoryError(.unreachable, about: vCenter, reason)
                summary.outcome = .failed
            }
        } else if summary.failure != nil {
            summary.outcome = .failed
        } else if summary.polled < summary.virtualMachines {
            summary.outcome = .interrupted
        } else {
            let isGood =
                summary.failedPolls == 0 && summary.unusable == 0 && summary.unlisted.isEmpty
                && summary.listingDoubt == nil
            summary.outcome = isGood ? .complete : .partial
        }
        try await recorder.finishRun(
            summary.run,
            as: CollectionRunEnd(
                outcome: summary.outcome, finishedAt: time.now,
                failure: summary.failure?.message ?? summary.cutShort ?? summary.unlisted.message
                    ?? summary.listingDoubt?.message,
                clockOffsetMilliseconds: await source.clockOffsetMilliseconds))
    }

    /// Marks a run whose polls could not be recorded, if that much can be recorded; if not, the next run marks it.
    private func giveUp(_ run: CollectionRunID, _ error: any Error) async {
        let end = CollectionRunEnd(outcome: .interrupted, finishedAt: now(), failure: "\(error)")
        try? await recorder.finishRun(run, as: end)
    }
}

/// The progress of a run.
package struct CollectionProgress: Sendable {
    /// Name of the vCenter.
    package var vCenter: String
    /// The endpoint that is polled.
    package var endpoint: Endpoint
    /// VMs polled so far.
    package var polled: Int
    /// VMs in the listing.
    package var of: Int
}

/// What a history says now, as far as notifications depend on it.
package struct NotificationFacts: CustomizationTally, Sendable {
    private let stuckAfterSeconds: Double
    private var failing: FailingBuilder
    /// Failed, lost and stuck customizations.
    private(set) var notable: [(event: NotificationEvent, customization: Customization)] = []
    /// The last success of each VM that has one.
    private(set) var lastSuccessAt: [VirtualMachineRow: Timestamp] = [:]
    /// When each vCenter was polled.
    package var vCenters: [WatchRecord] = []
    /// What else tells of a customization, by what is counted of it (definition 13).
    private var twins: [CustomizationKey: [Twin]] = [:]

    /// Another row that tells of a customization, with its times.
    private struct Twin {
        let key: CustomizationKey
        let start: Timestamp?
        let end: Timestamp?
    }

    /// A customization as one endpoint tells of it.
    package struct CustomizationKey: Hashable, Sendable {
        /// Its VM.
        package var vm: VirtualMachineRow
        /// The endpoint that tells of it.
        package var endpoint: Endpoint
        /// The first poll or reading that showed it.
        package var firstPolledAt: Timestamp

        package init(vm: VirtualMachineRow, endpoint: Endpoint, firstPolledAt: Timestamp) {
            self.vm = vm
            self.endpoint = endpoint
            self.firstPolledAt = firstPolledAt
        }
    }

    /// - Parameter stuckAfterSeconds: A customization that was running or pending for longer counts as stuck (definition 6).
    package init(stuckAfterSeconds: Double) {
        self.stuckAfterSeconds = stuckAfterSeconds
        failing = FailingBuilder(stuckAfterSeconds: stuckAfterSeconds)
    }

    /// Adds a customization, in any order.
    package mutating func add(_ customization: Customization) {
        failing.add(customization)
        if customization.outcome == .succeeded {
            noteSuccess(of: customization.vm, at: customization.windowInstant)
        } else if let event = NotificationEvent(customization, stuckAfterSeconds: stuckAfterSeconds) {
            notable.append((event, customization))
        }
    }

    /// Adds one that succeeded, of which only its VM and end matter.
    package mutating func addSuccess(
        of vm: CustomizedVM, endpoint: Endpoint, at instant: Timestamp, durationSeconds: Double?
    ) {
        failing.addSuccess(of: vm, endpoint: endpoint, at: instant, durationSeconds: durationSeconds)
        noteSuccess(of: vm, at: instant)
    }

    /// Notes that two rows tell of the same customization, of which one is counted.
    package mutating func addTwin(
        _ other: CustomizationKey, startTime start: Timestamp?, endTime end: Timestamp?, of counted: CustomizationKey
    ) {
        twins[counted, default: []].append(Twin(key: other, start: start, end: end))
    }

    /// The same event as other endpoints tell of it.
    func twins(of event: NotificationEvent) -> [NotificationEvent] {
        let key = CustomizationKey(vm: event.vm, endpoint: event.endpoint, firstPolledAt: event.firstPolledAt)
        return (twins[key] ?? []).map {
            NotificationEvent(
                kind: event.kind, vm: $0.key.vm, endpoint: $0.key.endpoint, firstPolledAt: $0.key.firstPolledAt,
                startTime: $0.start, endTime: $0.end)
        }
    }

    /// When the first run on a vCenter began that polled VMs; `nil` if none did.
    func firstRunAt(on vCenter: String) -> Timestamp? {
        vCenters.first { $0.vCenter == vCenter }.map { $0.firstRunAt ?? $0.firstGoodRunAt } ?? nil
    }

    private mutating func noteSuccess(of vm: CustomizedVM, at instant: Timestamp) {
        guard let row = vm.row else { return }
        lastSuccessAt[row] = max(lastSuccessAt[row] ?? instant, instant)
    }

    /// What lasts now. What has not been polled for `retiredAfterSeconds` is left out: nobody looks after it any more.
    ///
    /// - Parameter silentAfterSeconds: See `WatchRecord.notPolledSince`.
    func problems(at now: Timestamp, silentAfterSeconds: Double?) -> [LastingProblem] {
        let retired = retiredVCenters(at: now)
        let silent = vCenters.compactMap { record -> LastingProblem? in
            guard let row = record.row, !retired.contains(record.vCenter),
                let since = record.notPolledSince(silentAfter: silentAfterSeconds)
            else { return nil }
            var problem = LastingProblem(
                subject: .notPolled(row), vm: nil, vCenter: record.vCenter, since: since, toldAt: now)
            problem.wasPolled = record.lastGoodRunAt != nil
            return problem
        }
        let ailing = failing.build().filter { !retired.contains($0.vm.vCenter) }.flatMap { vm -> [LastingProblem] in
            guard let row = vm.vm.row else { return [] }
            let failing = vm.failures.map {
                LastingProblem(
                    subject: .failing(row), vm: vm.vm, vCenter: vm.vm.vCenter, since: $0.since, toldAt: now,
                    error: $0.error)
            }
            let stuck = vm.stuckSince.map {
                LastingProblem(subject: .stuck(row), vm: vm.vm, vCenter: vm.vm.vCenter, since: $0, toldAt: now)
            }
            return [failing, stuck].compactMap(\.self)
        }
        return silent + ailing
    }

    /// Seconds without a good poll after which a vCenter counts as removed: it must not alarm for ever.
    package static let retiredAfterSeconds = 30 * 86_400.0

    /// Names of the vCenters that were not polled for that long.
    func retiredVCenters(at now: Timestamp) -> Set<String> {
        Set(
            vCenters.filter { record in
                (record.lastGoodRunAt ?? record.firstRunAt).map {
                    now.seconds(since: $0) > Self.retiredAfterSeconds
                } ?? false
            }.map(\.vCenter))
    }
}

/// Groups what is told: failures by their probable cause, or by their error if no cause is known; all else by kind.
struct NotificationGrouping {
    private struct Key: Hashable {
        var kind: NotificationGroup.Kind
        var cause: FailureCause?
        /// Of an error without a known cause.
        var errorID: String?
        var shape: MessageShape?
    }

    private var groups: [Key: (group: NotificationGroup, latestAt: Timestamp)] = [:]

    mutating func add(_ kind: NotificationEvent.Kind, _ customization: Customization) {
        let vm = customization.vm
        switch kind {
        case .failed: addFailure(.failed, vm, customization.error, at: customization.windowInstant)
        case .stuck: add(.stuck, vm, at: customization.underWaySince)
        case .lost: add(.lost, vm, at: customization.lastPolledAt)
        }
    }

    mutating func add(_ kind: NotificationGroup.Kind, _ vm: CustomizedVM, at instant: Timestamp) {
        add(Key(kind: kind), .init(vCenter: vm.vCenter, vm: vm, at: instant))
    }

    /// Adds a vCenter that is polled again.
    mutating func addPolledAgain(_ vCenter: String, at instant: Timestamp, since: Timestamp) {
        add(Key(kind: .polledAgain), .init(vCenter: vCenter, vm: nil, at: instant, since: since))
    }

    /// Adds a vCenter that is not polled.
    mutating func addSilence(_ kind: NotificationGroup.Kind, _ problem: LastingProblem) {
        var subject = NotificationGroup.Subject(vCenter: problem.vCenter, vm: nil, at: problem.since)
        subject.wasPolled = problem.wasPolled
        add(Key(kind: kind), subject)
    }

    /// Adds what was told before and still lasts.
    mutating func addLasting(_ problem: LastingProblem) {
        guard let vm = problem.vm else { return addSilence(.stillNotPolled, problem) }
        if case .failing = problem.subject {
            addFailure(.stillFailing, vm, problem.error ?? ReportedError(id: nil, message: nil), at: problem.since)
        } else {
            add(.stillStuck, vm, at: problem.since)
        }
    }

    private mutating func addFailure(
        _ kind: NotificationGroup.Kind, _ vm: CustomizedVM, _ error: ReportedError, at instant: Timestamp
    ) {
        let names = [vm.name, vm.id]
        let cause = error.cause(names: names)
        let key =
            cause == nil
            ? Key(kind: kind, errorID: error.id, shape: error.untranslated.map { MessageShape($0, names: names) })
            : Key(kind: kind, cause: cause)
        add(key, .init(vCenter: vm.vCenter, vm: vm, at: instant), error)
    }

    private mutating func add(_ key: Key, _ subject: NotificationGroup.Subject, _ error: ReportedError? = nil) {
        let fresh = (NotificationGroup(kind: key.kind, cause: key.cause, subjects: []), Timestamp.earliest)
        let update: (inout (group: NotificationGroup, latestAt: Timestamp)) -> Void = { entry in
            entry.group.subjects.append(subject)
            guard entry.latestAt <= subject.at else { return }
            entry.latestAt = subject.at
            entry.group.error = error
        }
        update(&groups[key, default: fresh])
    }

    /// The groups, the most important first.
    func finish() -> [NotificationGroup] {
        let order = Dictionary(
            uniqueKeysWithValues: NotificationGroup.Kind.allCases.enumerated().map { ($1, $0) })
        return groups.values.map { entry in
            var group = entry.group
            group.subjects.sort { ($0.at, $0.sortKey) < ($1.at, $1.sortKey) }
            return group
        }.sorted { left, right in
            let (rank, other) = (order[left.kind] ?? 0, order[right.kind] ?? 0)
            if rank != other { return rank < other }
            if left.subjects.count != right.subjects.count { return left.subjects.count > right.subjects.count }
            return left.sortKey < right.sortKey
        }
    }
}

extension NotificationGroup {
    fileprivate var sortKey: String { "\(cause?.name ?? "~")|\(error?.id ?? "")|\(error?.message ?? "")" }
}

extension NotificationGroup.Subject {
    fileprivate var sortKey: String { "\(vm?.name ?? "")|\(vCenter)|\(vm?.id ?? "")" }
}

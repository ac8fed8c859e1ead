/// What happened to one customization, and is told once.
package struct NotificationEvent: Hashable, Sendable {
    /// What happened. The raw values are those of `notification_event.kind`.
    package enum Kind: String, CaseIterable, Hashable, Sendable {
        case failed
        case stuck
        case lost
    }

    /// What happened.
    package var kind: Kind
    /// The VM of the customization.
    package var vm: VirtualMachineRow
    /// The endpoint that reported it.
    package var endpoint: Endpoint
    /// The first poll that showed the customization.
    package var firstPolledAt: Timestamp
    /// Its times by the server's clock, as far as they were known.
    package var startTime: Timestamp?
    /// Its times by the server's clock, as far as they were known.
    package var endTime: Timestamp?

    package init(
        kind: Kind, vm: VirtualMachineRow, endpoint: Endpoint, firstPolledAt: Timestamp, startTime: Timestamp?,
        endTime: Timestamp?
    ) {
        self.kind = kind
        self.vm = vm
        self.endpoint = endpoint
        self.firstPolledAt = firstPolledAt
        self.startTime = startTime
        self.endTime = endTime
    }

    /// The lasting problem that it begins; `nil` for a lost customization.
    var problem: LastingProblem.Subject? {
        switch kind {
        case .failed: .failing(vm)
        case .stuck: .stuck(vm)
        case .lost: nil
        }
    }

    /// The event that a customization is; `nil` if it is none.
    init?(_ customization: Customization, stuckAfterSeconds: Double) {
        guard let row = customization.vm.row else { return nil }
        switch customization.outcome {
        case .failed: kind = .failed
        case .lost: kind = .lost
        case .running, .pending:
            guard customization.vm.isListed, customization.isStuck(after: stuckAfterSeconds) else { return nil }
            kind = .stuck
        case .succeeded, .other: return nil
        }
        vm = row
        endpoint = customization.endpoint
        firstPolledAt = customization.firstPolledAt
        startTime = customization.startTime
        endTime = customization.endTime
    }
}

/// The events that a channel knows: those that it told, and those before it began.
///
/// A customization is the same if it has the same start or end, or was first shown by the same poll: PENDING has no times, which come
/// later, and so may the start. One that is stuck without times is also the same if it was first shown earlier than was known, which a
/// merge may find.
package struct KnownEvents: Sendable {
    private struct Place: Hashable {
        let kind: NotificationEvent.Kind
        let vm: VirtualMachineRow
        let endpoint: Endpoint
        let identity: Identity
    }

    private enum Identity: Hashable {
        case start(Timestamp)
        case end(Timestamp)
        case firstPoll(Timestamp)
    }

    /// Where a customization is stuck that has no times.
    private struct TimelessPlace: Hashable {
        let vm: VirtualMachineRow
        let endpoint: Endpoint

        /// `nil` for another event.
        init?(_ event: NotificationEvent) {
            guard event.kind == .stuck, event.startTime == nil, event.endTime == nil else { return nil }
            (vm, endpoint) = (event.vm, event.endpoint)
        }
    }

    private var places: Set<Place> = []
    /// The first poll of the latest one that was stuck there.
    private var timeless: [TimelessPlace: Timestamp] = [:]

    /// Knows these events.
    package init(_ events: some Sequence<NotificationEvent> = []) {
        for event in events { insert(event) }
    }

    /// Whether an event is known.
    package func contains(_ event: NotificationEvent) -> Bool {
        if Self.places(of: event).contains(where: places.contains) { return true }
        guard let known = TimelessPlace(event).flatMap({ timeless[$0] }) else { return false }
        return known >= event.firstPolledAt
    }

    /// Adds an event.
    package mutating func insert(_ event: NotificationEvent) {
        places.formUnion(Self.places(of: event))
        guard let place = TimelessPlace(event) else { return }
        timeless[place] = max(timeless[place] ?? event.firstPolledAt, event.firstPolledAt)
    }

    private static func places(of event: NotificationEvent) -> [Place] {
        let times = [event.startTime.map(Identity.start), event.endTime.map(Identity.end)]
        return ([.firstPoll(event.firstPolledAt)] + times).compactMap(\.self).map {
            Place(kind: event.kind, vm: event.vm, endpoint: event.endpoint, identity: $0)
        }
    }
}

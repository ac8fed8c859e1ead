import GuestCustomization

/// How often one VM is customized on one endpoint and how often that succeeds, which gives its answer at any instant.
///
/// Time is divided into slots of the VM's own period, with one customization in each. What happens in a slot depends only on the
/// seed, the VM and the slot's number, so instants can be queried repeatedly and in any order.
struct CustomizationHabits: Sendable {
    private let key: UInt64
    private let endpoint: Endpoint
    private let vmName: String
    /// `nil`: the VM was never customized.
    private let periodMs: Int64?
    private let phaseMs: Int64
    private let failureProbability: Double
    private let failures: [SimulatedFailure]
    private let commonFailure: SimulatedFailure
    private let statusBeforeTheFirst: CustomizationStatus

    /// - Parameters:
    ///   - key: Drawn from the seed and the VM's managed object id.
    ///   - knowsIdle: Whether this vCenter has the status `IDLE` (7.0.3.0 and later). Earlier ones have no documented
    ///     word for a VM that was never customized; there, every VM was.
    ///   - rate: How many times as often as usual the older endpoint's customizations run: 1 to 4.
    ///   - isSuspect: Whether most of its customizations fail, because of where the VM is or what it was made from.
    init(
        vm: SimulatedVirtualMachine, endpoint: Endpoint, key: UInt64, knowsIdle: Bool, rate: Double = 1,
        isSuspect: Bool = false
    ) {
        var draws = SplitMix64(key, endpoint == .customizationLive ? 1 : 2)
        self.key = draws.next()
        self.endpoint = endpoint
        vmName = vm.name
        let hour = 3_600_000.0
        let isNew = draws.happens(0.1)
        let period: Double
        let wasCustomized: Bool
        switch endpoint {
        case .customizationLive:
            // Live customization covers powered-on Linux guests only.
            wasCustomized = !isNew && vm.guest == .linux && vm.powerState == "POWERED_ON"
            period = draws.logarithmic(from: 16 * hour, to: 240 * hour)
            statusBeforeTheFirst = .notAvailable
        case .customization, .events:
            wasCustomized = !isNew || !knowsIdle
            period = draws.logarithmic(from: 48 * hour, to: 720 * hour) / min(4, max(1, rate))
            statusBeforeTheFirst = .idle
        }
        periodMs = wasCustomized ? Int64(period) : nil
        phaseMs = Int64(draws.unit() * period)
        // Overall, about one in eight fails, nearly all of them on a fifth of the VMs.
        let usual = draws.happens(0.2) ? 0.5 : 0.03
        failureProbability = isSuspect ? 0.85 : usual
        let failures = SimulatedFailure.all.filter { $0.guests.contains(vm.guest) }
        self.failures = failures
        commonFailure = draws.element(of: failures)
    }

    /// The VM's answer at `instant` about its last customization.
    func lastCustomization(at instant: Timestamp) -> CustomizationInfo {
        guard let periodMs else { return CustomizationInfo(status: statusBeforeTheFirst) }
        let sincePhase = instant.unixMilliseconds - phaseMs
        let slot = sincePhase / periodMs - (sincePhase % periodMs < 0 ? 1 : 0)
        return report(on: slot, periodMs: periodMs, at: instant)
            ?? report(on: slot - 1, periodMs: periodMs, at: instant)
            ?? CustomizationInfo(status: statusBeforeTheFirst)
    }

    /// The customizations that were requested by `last` and started after `first`, in order; each with the number that identifies it.
    func customizations(from first: Timestamp, through last: Timestamp) -> [(Int64, SimulatedCustomization)] {
        guard let periodMs else { return [] }
        func slot(at instant: Timestamp) -> Int64 {
            Int64((Double(instant.unixMilliseconds - phaseMs) / Double(periodMs)).rounded(.down))
        }
        let slots = (slot(at: first) - 1)...max(slot(at: first) - 1, slot(at: last))
        return slots.map { ($0, customization(in: $0, periodMs: periodMs)) }.filter {
            $0.1.requestedAt <= last && $0.1.start > first
        }
    }

    /// The customization that ``customizations(from:through:)`` gave this number.
    func customization(in slot: Int64) -> SimulatedCustomization? {
        periodMs.map { customization(in: slot, periodMs: $0) }
    }

    /// The answer about the slot's customization, or `nil` before it was requested.
    private func report(on slot: Int64, periodMs: Int64, at instant: Timestamp) -> CustomizationInfo? {
        let customization = customization(in: slot, periodMs: periodMs)
        let start = customization.start
        if instant < start {
            // Only the older endpoint has a word for waiting for the guest to start. It takes at most a tenth of a period.
            guard endpoint == .customization, instant >= customization.requestedAt else { return nil }
            return CustomizationInfo(status: .pending)
        }
        if !customization.isBooted { return CustomizationInfo(status: .pending) }
        guard let end = customization.end, instant >= end else {
            return CustomizationInfo(status: .running, startTime: start)
        }
        guard customization.hasFailed else {
            return CustomizationInfo(status: .succeeded, startTime: start, endTime: end)
        }
        let error = customization.message(vmName: vmName).map { message -> CustomizationError in
            endpoint == .customizationLive ? .message(message) : .text(message.defaultMessage)
        }
        return CustomizationInfo(status: .failed, startTime: start, endTime: end, error: error)
    }

    private func customization(in slot: Int64, periodMs: Int64) -> SimulatedCustomization {
        var draws = SplitMix64(key, UInt64(bitPattern: slot))
        let start = Timestamp(
            unixMilliseconds: phaseMs + slot * periodMs + Int64(Double(periodMs) * (0.1 + 0.3 * draws.unit())))
        let requestedAt = start.advanced(bySeconds: -draws.logarithmic(from: 20, to: 1200))
        let fate = draws.unit()
        if fate < 0.02 {
            // Its end is never reported: the guest was reset, or never booted.
            let isBooted = !(endpoint == .customization && draws.happens(0.5))
            return SimulatedCustomization(requestedAt: requestedAt, start: start, isBooted: isBooted, draws: draws)
        }
        let isHung = fate < 0.04
        let seconds = isHung ? draws.logarithmic(from: 3600, to: 6 * 3600) : draws.logarithmic(from: 30, to: 900)
        var result = SimulatedCustomization(requestedAt: requestedAt, start: start, draws: draws)
        result.end = start.advanced(bySeconds: seconds)
        result.hasFailed = isHung || draws.happens(failureProbability)
        // Sometimes there is no message: a failed domain join, for example, gives none.
        if result.hasFailed, !draws.happens(0.06) {
            result.failure = isHung ? .engineHung : draws.happens(0.7) ? commonFailure : draws.element(of: failures)
        }
        result.draws = draws
        return result
    }
}

/// One customization of a VM, from its request to its end.
struct SimulatedCustomization: Sendable {
    let requestedAt: Timestamp
    /// By the guest's clock, like the end.
    let start: Timestamp
    /// Whether the guest ever started it.
    var isBooted = true
    /// `nil`: it is never reported.
    var end: Timestamp?
    var hasFailed = false
    /// `nil` also for a failure that says nothing.
    var failure: SimulatedFailure?
    /// For the values in the message.
    var draws: SplitMix64

    /// What a failure says; `nil` if it says nothing.
    func message(vmName: String) -> LocalizableMessage? {
        var draws = draws
        return failure?.message(vmName: vmName, startTime: start, drawing: &draws)
    }
}

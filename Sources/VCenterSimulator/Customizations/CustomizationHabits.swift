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
    init(vm: SimulatedVirtualMachine, endpoint: Endpoint, key: UInt64, knowsIdle: Bool) {
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
        case .customization:
            wasCustomized = !isNew || !knowsIdle
            period = draws.logarithmic(from: 48 * hour, to: 720 * hour)
            statusBeforeTheFirst = .idle
        }
        periodMs = wasCustomized ? Int64(period) : nil
        phaseMs = Int64(draws.unit() * period)
        // Overall, about one in eight fails, nearly all of them on a fifth of the VMs.
        failureProbability = draws.happens(0.2) ? 0.5 : 0.03
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

    /// The answer about the slot's customization, or `nil` before it was requested.
    private func report(on slot: Int64, periodMs: Int64, at instant: Timestamp) -> CustomizationInfo? {
        var draws = SplitMix64(key, UInt64(bitPattern: slot))
        let start = Timestamp(
            unixMilliseconds: phaseMs + slot * periodMs + Int64(Double(periodMs) * (0.1 + 0.3 * draws.unit())))
        let waitedSeconds = draws.logarithmic(from: 20, to: 1200)
        let fate = draws.unit()

        if instant < start {
            // Only the older endpoint has a word for waiting for the guest to start. It takes at most a tenth of a period.
            guard endpoint == .customization, instant >= start.advanced(bySeconds: -waitedSeconds) else { return nil }
            return CustomizationInfo(status: .pending)
        }
        if fate < 0.02 {
            // Its end is never reported: the guest was reset, or never booted.
            return endpoint == .customization && draws.happens(0.5)
                ? CustomizationInfo(status: .pending) : CustomizationInfo(status: .running, startTime: start)
        }
        let isHung = fate < 0.04
        let seconds =
            isHung ? draws.logarithmic(from: 3600, to: 6 * 3600) : draws.logarithmic(from: 30, to: 900)
        let end = start.advanced(bySeconds: seconds)
        if instant < end { return CustomizationInfo(status: .running, startTime: start) }
        guard isHung || draws.happens(failureProbability) else {
            return CustomizationInfo(status: .succeeded, startTime: start, endTime: end)
        }
        return CustomizationInfo(
            status: .failed, startTime: start, endTime: end, error: error(isHung: isHung, startTime: start, &draws))
    }

    /// Sometimes `nil`: a failed domain join, for example, gives no message.
    private func error(isHung: Bool, startTime: Timestamp, _ draws: inout SplitMix64) -> CustomizationError? {
        if draws.happens(0.06) { return nil }
        let failure = isHung ? .engineHung : draws.happens(0.7) ? commonFailure : draws.element(of: failures)
        let message = failure.message(vmName: vmName, startTime: startTime, drawing: &draws)
        return endpoint == .customizationLive ? .message(message) : .text(message.defaultMessage)
    }
}

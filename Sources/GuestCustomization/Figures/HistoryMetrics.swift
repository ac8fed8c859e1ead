/// Figures of a history for a monitoring system: the current state of each vCenter, and for each of its endpoints figures of a window
/// and totals since the history began.
package struct HistoryMetrics: Hashable, Sendable {
    /// Up to now.
    package var window: ReportWindow
    /// Ordered by name; includes those on which no run has begun yet.
    package var vCenters: [VCenterMetrics]
    /// Ordered by vCenter and endpoint.
    package var sources: [SourceMetrics]

    package init(window: ReportWindow, vCenters: [VCenterMetrics], sources: [SourceMetrics]) {
        self.window = window
        self.vCenters = vCenters
        self.sources = sources
    }

    /// Adds the vCenters that the configuration names but the history does not know, with no data.
    package mutating func add(configured names: [String]) {
        let known = Set(vCenters.map(\.name))
        vCenters += Set(names).subtracting(known).map { VCenterMetrics(name: $0, lastGoodRunAt: nil) }
        vCenters.sort { $0.name < $1.name }
    }
}

/// The current state of one vCenter, whatever the window.
package struct VCenterMetrics: Hashable, Sendable {
    /// Name of the vCenter.
    package var name: String
    /// When the latest good run ended, at any endpoint; `nil` if there never was one.
    package var lastGoodRunAt: Timestamp?
    /// VMs that are failing now (definition 8).
    package private(set) var failing = 0
    /// VMs that are failing now, by the name of the probable cause. Includes every known cause; `FailureCause.unknownName` counts
    /// the VMs whose cause is not known.
    package private(set) var failingByCause: [String: Int]
    /// VMs with a customization that is stuck (definition 6).
    package var stuck = 0

    /// No VM is failing yet; see `addFailing(cause:)`.
    package init(name: String, lastGoodRunAt: Timestamp?) {
        self.name = name
        self.lastGoodRunAt = lastGoodRunAt
        let causes = [FailureCause.unknownName, FailureCause.unreported.name] + FailureCause.all.map(\.name)
        failingByCause = Dictionary(uniqueKeysWithValues: Set(causes).map { ($0, 0) })
    }

    /// Adds a VM that is failing now.
    package mutating func addFailing(cause: FailureCause?) {
        failing += 1
        failingByCause[cause?.name ?? FailureCause.unknownName, default: 0] += 1
    }
}

/// The figures of one vCenter and endpoint.
package struct SourceMetrics: Hashable, Sendable {
    /// Totals since the history began, which never decrease.
    package struct Totals: Hashable, Sendable {
        /// Customizations that succeeded.
        package var succeeded = 0
        /// Customizations that failed.
        package var failed = 0
        /// Durations of those that finished.
        package var durations = DurationTotals()
        /// Runs that have ended, by outcome.
        package var runs: [CollectionRunOutcome: Int] = [:]
        /// Polls recorded.
        package var polls = 0
        /// Polls that got no answer; a VM's own 403, 404 or 503 is one.
        package var failedPolls = 0

        package init() {}
    }

    /// Name of the vCenter.
    package var vCenter: String
    /// The endpoint that was polled.
    package var endpoint: Endpoint
    /// Of the customizations in the window.
    package var figures: CustomizationFigures
    /// VMs with no good poll in the window, though they were listed.
    package var virtualMachinesWithoutData: Int
    /// VMs in the latest listing; `nil` if there never was one.
    package var virtualMachines: Int?
    /// Totals since the history began.
    package var totals: Totals
    /// When the latest run began, whatever its outcome; `nil` only if all runs are stamped later than now.
    package var lastRunAt: Timestamp?
    /// When the latest run ended in which every VM was polled and every poll got an answer; `nil` if there was none.
    package var lastGoodRunAt: Timestamp?
    /// The latest poll that reported a status; `nil` if none did.
    package var lastGoodPollAt: Timestamp?

    package init(
        vCenter: String, endpoint: Endpoint, figures: CustomizationFigures, virtualMachinesWithoutData: Int,
        virtualMachines: Int?, totals: Totals, lastRunAt: Timestamp?, lastGoodRunAt: Timestamp?,
        lastGoodPollAt: Timestamp?
    ) {
        self.vCenter = vCenter
        self.endpoint = endpoint
        self.figures = figures
        self.virtualMachinesWithoutData = virtualMachinesWithoutData
        self.virtualMachines = virtualMachines
        self.totals = totals
        self.lastRunAt = lastRunAt
        self.lastGoodRunAt = lastGoodRunAt
        self.lastGoodPollAt = lastGoodPollAt
    }
}

/// Cumulative counts of durations, for a Prometheus histogram.
package struct DurationTotals: Hashable, Sendable {
    /// Upper bounds, inclusive, in seconds: customizations take from some seconds to some minutes, and hours when they hang.
    package static let upperBounds = [5, 10, 20, 30, 45, 60, 90, 120, 180, 300, 600, 1200, 1800, 3600, 7200, 14_400]

    /// For each bound, how many durations were at most that long.
    package var counts: [Int]
    /// How many durations there are.
    package var count: Int
    /// Their sum, in seconds.
    package var sumSeconds: Double

    /// Cumulative counts, one for each of `upperBounds`.
    package init(
        counts: [Int] = Array(repeating: 0, count: upperBounds.count), count: Int = 0, sumSeconds: Double = 0
    ) {
        precondition(counts.count == Self.upperBounds.count)
        self.counts = counts
        self.count = count
        self.sumSeconds = sumSeconds
    }
}

/// Sums up the customizations of a window by vCenter and endpoint.
package struct SourceFigures: CustomizationTally {
    /// One vCenter and endpoint.
    package struct Source: Hashable, Sendable {
        /// Name of the vCenter.
        package var vCenter: String
        /// The endpoint that was polled.
        package var endpoint: Endpoint

        package init(_ vCenter: String, _ endpoint: Endpoint) {
            self.vCenter = vCenter
            self.endpoint = endpoint
        }
    }

    private let window: ReportWindow
    private let stuckAfterSeconds: Double
    private var sums: [Source: (figures: CustomizationFigures, seconds: [Double])] = [:]

    package init(window: ReportWindow, stuckAfterSeconds: Double) {
        self.window = window
        self.stuckAfterSeconds = stuckAfterSeconds
    }

    /// Adds a customization, in any order; one outside the window is ignored.
    package mutating func add(_ customization: Customization) {
        add(
            customization.outcome, of: customization.vm, customization.endpoint, at: customization.windowInstant,
            isStuck: customization.isStuck(after: stuckAfterSeconds), durationSeconds: customization.durationSeconds)
    }

    /// Adds a customization that succeeded; one outside the window is ignored.
    package mutating func addSuccess(
        of vm: CustomizedVM, endpoint: Endpoint, at instant: Timestamp, durationSeconds: Double?
    ) {
        add(.succeeded, of: vm, endpoint, at: instant, isStuck: false, durationSeconds: durationSeconds)
    }

    private mutating func add(
        _ outcome: CustomizationOutcome, of vm: CustomizedVM, _ endpoint: Endpoint, at instant: Timestamp,
        isStuck: Bool, durationSeconds seconds: Double?
    ) {
        guard window.contains(instant) else { return }
        let source = Source(vm.vCenter, endpoint)
        let isClockFault = seconds.map { $0 < 0 } ?? false
        sums[source, default: (CustomizationFigures(), [])].figures
            .count(outcome, isStuck: isStuck, isClockFault: isClockFault)
        if let seconds, !isClockFault { sums[source]?.seconds.append(seconds) }
    }

    /// The figures of one vCenter and endpoint.
    package func figures(of source: Source) -> CustomizationFigures {
        guard let sum = sums[source] else { return CustomizationFigures() }
        var figures = sum.figures
        figures.durations = DurationStatistics(sum.seconds)
        return figures
    }
}

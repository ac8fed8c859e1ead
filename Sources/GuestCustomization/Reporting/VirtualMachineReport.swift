/// One VM's figures in a window. The same managed object id in two vCenters is two VMs, and so it is with two instance UUIDs.
package struct VirtualMachineReport: Hashable, Sendable {
    /// Name of the vCenter.
    package var vCenter: String
    /// Managed object id.
    package var vm: String
    /// `nil` while unknown.
    package var instanceUUID: String?
    /// The VM's latest known name.
    package var name: String
    /// Whether it is not gone: the latest whole listing of its vCenter had it, or none has missed it.
    package var isListed: Bool
    package var figures: CustomizationFigures
    /// The vCenter's word about the VM's latest customization in the window.
    package var latestStatus: CustomizationStatus
    /// `nil` if none failed in the window.
    package var latestError: LatestError?
    /// Its latest failure with the error that the report was asked for; `nil` if it was asked for none.
    package var matchedError: LatestError?
    /// Since when the VM's latest stuck customization has been under way; `nil` if none is stuck.
    package var stuckSince: Timestamp?

    package init(
        vCenter: String, vm: String, instanceUUID: String? = nil, name: String, isListed: Bool = true,
        figures: CustomizationFigures,
        latestStatus: CustomizationStatus,
        latestError: LatestError?, stuckSince: Timestamp?
    ) {
        self.vCenter = vCenter
        self.vm = vm
        self.instanceUUID = instanceUUID
        self.name = name
        self.isListed = isListed
        self.figures = figures
        self.latestStatus = latestStatus
        self.latestError = latestError
        self.stuckSince = stuckSince
    }
}

/// The error of a VM's most recently ended failed customization in a window (definition 7 of docs/design.md §2).
package struct LatestError: Hashable, Sendable {
    /// `nil` if the vCenter named none.
    package var id: String?
    /// `nil` if the vCenter sent no error.
    package var message: String?
    package var failedAt: Timestamp
    /// The end of the first later customization of that VM that succeeded, at either endpoint and even after the window's
    /// end; `nil` if none has.
    package var recoveredAt: Timestamp?

    package init(id: String?, message: String?, failedAt: Timestamp, recoveredAt: Timestamp?) {
        self.id = id
        self.message = message
        self.failedAt = failedAt
        self.recoveredAt = recoveredAt
    }
}

extension VirtualMachineReport {
    /// How a VM stands, the worst first.
    package enum Condition: Int, CaseIterable, Hashable, Comparable, Sendable {
        /// Its latest failure was not followed by a success.
        case failing
        /// A customization is stuck.
        case stuck
        /// It failed, and has succeeded since.
        case recovered
        /// A customization ended unseen, or reported a status that is not known.
        case unclear
        /// A customization is running or pending.
        case underWay
        /// Every customization succeeded.
        case sound
        /// The vCenter lists it no more, so that nothing about it is to be done.
        case gone

        package static func < (left: Condition, right: Condition) -> Bool { left.rawValue < right.rawValue }
    }

    package var condition: Condition {
        guard isListed else { return .gone }
        if let latestError, latestError.recoveredAt == nil { return .failing }
        if figures.stuck > 0 { return .stuck }
        if latestError != nil { return .recovered }
        if figures.lost + figures.other > 0 { return .unclear }
        return figures.running + figures.pending > 0 ? .underWay : .sound
    }

    /// Whether this VM comes before `other` where the worst come first: by its condition, then the higher failure rate,
    /// more failures, more stuck, more lost, the later failure, and at last by name, vCenter, managed object id and instance UUID.
    package func isWorse(than other: VirtualMachineReport) -> Bool {
        let (badness, otherBadness) = (badness, other.badness)
        return badness == otherBadness ? isNamedBefore(other) : badness > otherBadness
    }

    /// How bad a VM stands: all that puts one before another but their names, for sorting many.
    struct Badness: Comparable {
        private let condition: Condition
        private let rate: Double
        private let counts: (failed: Int, stuck: Int, lost: Int)
        private let failedAt: Int64

        fileprivate init(_ vm: VirtualMachineReport) {
            condition = vm.condition
            rate = vm.figures.failureRate ?? 0
            counts = (vm.figures.failed, vm.figures.stuck, vm.figures.lost)
            failedAt = vm.latestError?.failedAt.unixMilliseconds ?? .min
        }

        static func == (left: Badness, right: Badness) -> Bool {
            left.condition == right.condition && left.rate == right.rate && left.counts == right.counts
                && left.failedAt == right.failedAt
        }

        static func < (left: Badness, right: Badness) -> Bool {
            // The worst condition is the least.
            if left.condition != right.condition { return left.condition > right.condition }
            if left.rate != right.rate { return left.rate < right.rate }
            return left.counts == right.counts ? left.failedAt < right.failedAt : left.counts < right.counts
        }
    }

    var badness: Badness { Badness(self) }

    private func isNamedBefore(_ other: VirtualMachineReport) -> Bool {
        (name, vCenter, vm, instanceUUID ?? "") < (other.name, other.vCenter, other.vm, other.instanceUUID ?? "")
    }
}

extension [VirtualMachineReport] {
    /// Puts the worst first. To compare and move the reports themselves would take several times as long, and a second array of
    /// them tens of MiB.
    mutating func sortByBadness() {
        let badness = map(\.badness)
        // Where what belongs at each position stands now.
        var order = indices.sorted {
            badness[$0] == badness[$1] ? self[$0].isWorse(than: self[$1]) : badness[$0] > badness[$1]
        }
        for start in indices {
            var position = start
            while order[position] != start {
                let next = order[position]
                swapAt(position, next)
                order[position] = position
                position = next
            }
            order[position] = position
        }
    }
}
